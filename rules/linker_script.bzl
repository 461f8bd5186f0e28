"""linker_script(): where an image's parts lie, as a target that others depend on."""

LinkerScriptInfo = provider(
    doc = "A linker script.",
    fields = {"script": "File"},
)

def _linker_script_impl(ctx):
    script = ctx.file.script

    # A script names what it includes from the root of its repository.
    root = ctx.label.workspace_root
    search = ["-L", root] if root and ctx.files.includes else []
    link = cc_common.create_linking_context(linker_inputs = depset([cc_common.create_linker_input(
        owner = ctx.label,
        user_link_flags = search + ["-T", script.path] + ctx.attr.linkopts,
        additional_inputs = depset([script] + ctx.files.includes),
    )]))
    return [
        LinkerScriptInfo(script = script),
        CcInfo(linking_context = link),
        DefaultInfo(files = depset([script])),
    ]

linker_script = rule(
    implementation = _linker_script_impl,
    doc = "A linker script, and the flags it cannot do without. A machine() has one, and it rules that machine's images.",
    attrs = {
        "includes": attr.label_list(allow_files = [".ld"], doc = "Scripts that it includes."),
        "linkopts": attr.string_list(doc = "Linker flags that go with it, in ld.lld's own spelling."),
        "script": attr.label(allow_single_file = [".ld"], mandatory = True, doc = "The script; SECTIONS, PHDRS with permissions, ASSERTs with messages."),
    },
    provides = [LinkerScriptInfo, CcInfo],
)
