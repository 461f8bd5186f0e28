"""machine(): what makes a backend a machine an image can be linked for."""

load(":disk_image.bzl", "BootDiskInfo")
load(":linker_script.bzl", "LinkerScriptInfo")

MachineInfo = provider(
    doc = "How an image for this machine is linked and packed.",
    fields = {
        "backend": "the backend's name: kvm, xen, bare_metal, linuxu",
        "boot_disk": "BootDiskInfo: what its images are packed on; None where the loader takes the ELF itself",
        "entry": "symbol the loader enters, or empty for the script's choice",
    },
)

def _machine_impl(ctx):
    return [
        MachineInfo(
            backend = ctx.label.package.rpartition("/")[2],
            boot_disk = ctx.attr.boot_disk[BootDiskInfo] if ctx.attr.boot_disk else None,
            entry = ctx.attr.entry,
        ),
        cc_common.merge_cc_infos(cc_infos = [d[CcInfo] for d in [ctx.attr.linker_script] + ctx.attr.deps]),
        DefaultInfo(files = ctx.attr.linker_script[DefaultInfo].files),
    ]

machine = rule(
    implementation = _machine_impl,
    doc = "A backend's entry, linker script and what else an image for it needs.",
    attrs = {
        "boot_disk": attr.label(providers = [BootDiskInfo], cfg = "exec", doc = "The boot loaders of its disk images."),
        "deps": attr.label_list(providers = [CcInfo], doc = "The library with the entry point."),
        "entry": attr.string(doc = "The symbol that the loader enters."),
        "linker_script": attr.label(providers = [LinkerScriptInfo, CcInfo], mandatory = True, doc = "Where things lie, with which permissions."),
    },
    provides = [MachineInfo, CcInfo],
)
