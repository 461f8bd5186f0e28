"""machine(): what makes a backend a machine an image can be linked for."""

MachineInfo = provider(
    doc = "How an image for this machine is linked and packed.",
    fields = {
        "backend": "the backend's name: kvm, xen, bare_metal, linuxu",
        "entry": "symbol the loader enters, or empty for the script's choice",
        "linker_script": "File",
        "linkopts": "list of linker flags",
    },
)

def _machine_impl(ctx):
    return [
        MachineInfo(
            backend = ctx.label.package.rpartition("/")[2],
            entry = ctx.attr.entry,
            linker_script = ctx.file.linker_script,
            linkopts = ctx.attr.linkopts,
        ),
        cc_common.merge_cc_infos(cc_infos = [d[CcInfo] for d in ctx.attr.deps]),
        DefaultInfo(files = depset([ctx.file.linker_script])),
    ]

machine = rule(
    implementation = _machine_impl,
    doc = "A backend's entry, linker script and what else an image for it needs.",
    attrs = {
        "deps": attr.label_list(providers = [CcInfo], doc = "The library with the entry point."),
        "entry": attr.string(doc = "The symbol that the loader enters."),
        "format": attr.string(
            values = ["elf", "linux_elf"],
            default = "elf",
            doc = "What the loader takes: elf, a VMM's; linux_elf, the kernel's execve.",
        ),
        "linker_script": attr.label(allow_single_file = [".ld"], mandatory = True, doc = "Where things lie, with which permissions."),
        "linkopts": attr.string_list(doc = "More linker flags, ld.lld's own spelling."),
    },
    provides = [MachineInfo, CcInfo],
)
