"""machine(): what makes a backend a machine an image can be linked for."""

load(":disk_image.bzl", "BootDiskInfo")
load(":linker_script.bzl", "LinkerScriptInfo")

# What images can be, each to the end of the file's name and what objcopy is told.
FORMATS = {
    "elf": ("", ["--strip-all", "--strip-sections"]),
    "memory": (".img", ["--output-target=binary"]),
}

MachineInfo = provider(
    doc = "How an image for this machine is linked and packed.",
    fields = {
        "backend": "the backend's name: kvm, xen, bare_metal, linuxu",
        "boot_disk": "BootDiskInfo: what its images are packed on; None where the loader takes the ELF itself",
        "device_tree": "File: what an emulator passes in a firmware's place; None where it brings its own",
        "emulator": "File: the QEMU that runs it, whole machine or process; None for the one for PCs",
        "emulator_files": "depset of File: what that needs",
        "entry": "symbol the loader enters, or empty for the script's choice",
        "formats": "list of string: what its loaders take: elf, or memory, the image's memory as it is; the first is the image",
        "hypervisor": "File: the Xen that `bazel run` and tests boot; None where there is none below",
        "test_machines": "list of string: the kinds of machine a test runs on, one after another; empty for tools/run's choice",
    },
)

def _machine_impl(ctx):
    for format in ctx.attr.formats:
        if format not in FORMATS:
            fail("%s: formats: %r is none that an image can have: give %s" % (ctx.label, format, " or ".join(FORMATS)))
    return [
        MachineInfo(
            backend = ctx.label.package.rpartition("/")[2],
            boot_disk = ctx.attr.boot_disk[BootDiskInfo] if ctx.attr.boot_disk else None,
            device_tree = ctx.file.device_tree,
            emulator = ctx.file.emulator,
            emulator_files = ctx.attr.emulator_files[DefaultInfo].files if ctx.attr.emulator_files else depset(),
            entry = ctx.attr.entry,
            formats = ctx.attr.formats,
            hypervisor = ctx.file.hypervisor,
            test_machines = ctx.attr.test_machines,
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
        "device_tree": attr.label(allow_single_file = True, cfg = "exec", doc = "What an emulator passes to it in a firmware's place."),
        "emulator": attr.label(allow_single_file = True, cfg = "exec", doc = "The QEMU that runs it, if not the one for PCs."),
        "emulator_files": attr.label(cfg = "exec", doc = "What that needs at run time."),
        "entry": attr.string(doc = "The symbol that the loader enters."),
        "formats": attr.string_list(
            default = ["elf"],
            allow_empty = False,
            doc = "What its loaders take: \"elf\", or \"memory\", the image's memory as it is. The first is the image, all are output groups.",
        ),
        "hypervisor": attr.label(allow_single_file = True, cfg = "exec", doc = "Xen, where the machine is one of its domains."),
        "linker_script": attr.label(providers = [LinkerScriptInfo, CcInfo], mandatory = True, doc = "Where things lie, with which permissions."),
        "test_machines": attr.string_list(doc = "The kinds of machine, as tools/run's --machine knows them, that a test runs on."),
    },
    provides = [MachineInfo, CcInfo],
)
