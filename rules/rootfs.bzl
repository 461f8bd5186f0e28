"""rootfs(): files packed into one archive that links into an image like a library (//libs/rootfs reads it)."""

load("@bazel_tools//tools/cpp:toolchain_utils.bzl", "find_cpp_toolchain", "use_cpp_toolchain")

RootfsInfo = provider(
    doc = "A packed root file system.",
    fields = {"archive": "The archive, a File: what //libs/rootfs:pack wrote."},
)

# The archive becomes a read-only section of its own, between two symbols that //libs/rootfs knows. A define names it, which
# Bazel rewrites when it maps paths (.bazelrc).
_ASSEMBLY = """\
    .section .rodata.rootfs, "a", %progbits
    .balign 4096
    .globl ashlar_rootfs_start
    .globl ashlar_rootfs_end
ashlar_rootfs_start:
    .incbin ROOTFS
ashlar_rootfs_end:
    .section .note.GNU-stack, "", %progbits
"""

def _prefix(ctx):
    """The part of a source's path that is not its path in the archive."""
    parts = [ctx.label.package, ctx.attr.strip_prefix.strip("/")]
    prefix = "/".join([part for part in parts if part])
    if ctx.label.workspace_name:
        prefix = "/".join(["..", ctx.label.workspace_name] + ([prefix] if prefix else []))
    return prefix + "/" if prefix else ""

def _rootfs_impl(ctx):
    prefix = _prefix(ctx)
    for source in ctx.files.srcs:
        if not (source.short_path + "/").startswith(prefix):
            fail(("{}: {} does not lie under {}, so it has no path in the archive; " +
                  "mend strip_prefix, or make a rootfs in that file's package").format(
                ctx.label,
                source.short_path,
                prefix,
            ))

    archive = ctx.actions.declare_file(ctx.label.name + ".rootfs")
    arguments = ctx.actions.args()
    arguments.use_param_file("@%s", use_always = True)
    arguments.set_param_file_format("multiline")
    arguments.add(archive, format = "--output=%s")
    arguments.add_all(
        ctx.files.srcs,
        map_each = lambda file: "{}={}".format(file.short_path[len(prefix):], file.path),
        allow_closure = True,
    )
    for target, path in ctx.attr.files.items():
        arguments.add_all(target.files, format_each = path + "=%s")
    ctx.actions.run(
        executable = ctx.executable._pack,
        arguments = [arguments],
        inputs = ctx.files.srcs + ctx.files.files,
        outputs = [archive],
        mnemonic = "PackRootfs",
        progress_message = "Packing the files of %{label}",
    )

    assembly = ctx.actions.declare_file(ctx.label.name + ".rootfs.S")
    ctx.actions.write(assembly, _ASSEMBLY)
    cc_toolchain = find_cpp_toolchain(ctx)
    features = cc_common.configure_features(
        ctx = ctx,
        cc_toolchain = cc_toolchain,
        requested_features = ctx.features,
        unsupported_features = ctx.disabled_features,
    )
    _, objects = cc_common.compile(
        name = ctx.label.name,
        actions = ctx.actions,
        feature_configuration = features,
        cc_toolchain = cc_toolchain,
        srcs = [assembly],
        additional_inputs = [archive],
        local_defines = ['ROOTFS="{}"'.format(archive.path)],
    )
    linking_context, _ = cc_common.create_linking_context_from_compilation_outputs(
        name = ctx.label.name,
        actions = ctx.actions,
        feature_configuration = features,
        cc_toolchain = cc_toolchain,
        compilation_outputs = objects,
        disallow_dynamic_library = True,
    )
    return [
        CcInfo(linking_context = linking_context),
        DefaultInfo(files = depset([archive])),
        RootfsInfo(archive = archive),
    ]

rootfs = rule(
    implementation = _rootfs_impl,
    doc = """Packs files into an archive for //libs/rootfs.

The same files give the same bytes, whatever their age. An image gets it with `unikernel_image(rootfs = ...)`, an
ordinary program with `--//libs/rootfs:archive=LABEL`, or by naming it in `deps` before whatever uses //libs/rootfs.""",
    attrs = {
        "files": attr.label_keyed_string_dict(
            doc = "More files, one a label, each with its path in the archive.",
            allow_files = True,
        ),
        "srcs": attr.label_list(
            doc = "The files. A file's path in the archive is its path below the package and strip_prefix.",
            allow_files = True,
        ),
        "strip_prefix": attr.string(
            doc = "A folder below the package whose name is left out of the paths in the archive: \"site\".",
        ),
        "_cc_toolchain": attr.label(default = "@bazel_tools//tools/cpp:current_cc_toolchain"),
        "_pack": attr.label(default = "//libs/rootfs:pack", executable = True, cfg = "exec"),
    },
    provides = [CcInfo, RootfsInfo],
    fragments = ["cpp"],
    toolchains = use_cpp_toolchain(),
)
