"""disk_image(): an image's ELF and a boot loader on one disk, which PCs boot by BIOS and by UEFI.

The disk is an ISO 9660 file system that is a hard disk as well: a CD's boot record and a UEFI partition for those that
boot CDs, a master boot record and a partition table for those that boot sticks. GRUB finds the image on it by name, loads it
with its command line as a module, and starts it: no menu, no waiting.
"""

BootDiskInfo = provider(
    doc = "What a disk image is made of beside the image, and with.",
    fields = {
        "bios": "File: GRUB for BIOS, as a CD's boot image",
        "efi": "File: a FAT file system with GRUB for UEFI",
        "master_boot_record": "File: what a hard disk's first sector holds",
        "uefi_firmware": "File: what QEMU boots it with by UEFI",
        "xorriso": "File: the tool",
        "xorriso_files": "depset of File: what it needs",
    },
)

# The file that holds the words for the image: this line, the words, zeros up to the size. //platforms/bare_metal knows the
# line, and tools/run, which changes the words of a copy.
_COMMAND_LINE_HEAD = "ashlar command line:\n"
_COMMAND_LINE_BYTES = 4096

# 1 January 2023 in every field for a date: the same files give the same bytes.
_DATE = "2023010100000000"

def _boot_disk_impl(ctx):
    return [BootDiskInfo(
        bios = ctx.file.bios,
        efi = ctx.file.efi,
        master_boot_record = ctx.file._master_boot_record,
        uefi_firmware = ctx.file._uefi_firmware,
        xorriso = ctx.executable._xorriso,
        xorriso_files = ctx.attr._tools[DefaultInfo].files,
    )]

boot_disk = rule(
    implementation = _boot_disk_impl,
    doc = "The boot loaders of a machine's disk images.",
    attrs = {
        "bios": attr.label(allow_single_file = True, mandatory = True, doc = "GRUB for BIOS: a CD's boot image."),
        "efi": attr.label(allow_single_file = True, mandatory = True, doc = "A FAT file system with GRUB for UEFI."),
        "_master_boot_record": attr.label(
            default = "@boot_disk//:usr/lib/grub/i386-pc/boot_hybrid.img",
            allow_single_file = True,
        ),
        "_tools": attr.label(default = "@boot_disk//:tools", cfg = "exec"),
        "_uefi_firmware": attr.label(default = "@ovmf//:usr/share/ovmf/OVMF.fd", allow_single_file = True),
        "_xorriso": attr.label(default = "@boot_disk//:bin/xorriso", allow_single_file = True, executable = True, cfg = "exec"),
    },
    provides = [BootDiskInfo],
)

def pack_disk_image(ctx, boot_disk, image, command_line):
    """Declares and makes the disk image of a unikernel_image.

    Args:
      ctx: of the image's rule.
      boot_disk: the machine's BootDiskInfo.
      image: File, the ELF that GRUB loads.
      command_line: the words for the image.
    Returns:
      File, the disk image.
    """
    room = _COMMAND_LINE_BYTES - len(_COMMAND_LINE_HEAD)
    if len(command_line) >= room:
        fail("%s: cmdline has %d bytes; a disk image has room for %d" % (ctx.label, len(command_line), room - 1))
    words = ctx.actions.declare_file(ctx.label.name + ".command_line")
    ctx.actions.write(words, _COMMAND_LINE_HEAD + command_line + "\0" * (room - len(command_line)))
    disk = ctx.actions.declare_file(ctx.label.name + ".iso")
    arguments = ctx.actions.args()
    # -f: in a sandbox the files are links.
    arguments.add_all(["-no_rc", "-as", "mkisofs", "-quiet", "-graft-points", "-f", "-r", "-volid", "ASHLAR"])
    arguments.add("--modification-date=" + _DATE)
    arguments.add_all(["--set_all_file_dates", _DATE])
    arguments.add_all(["-b", "boot/grub_bios.img", "-no-emul-boot", "-boot-load-size", "4", "-boot-info-table"])
    arguments.add_all(["--grub2-boot-info", "--grub2-mbr", boot_disk.master_boot_record])
    arguments.add_all(["--efi-boot", "boot/grub_uefi.img", "-efi-boot-part", "--efi-boot-image"])
    arguments.add_all(["--protective-msdos-label", "-o", disk])
    arguments.add(boot_disk.bios, format = "boot/grub_bios.img=%s")
    arguments.add(boot_disk.efi, format = "boot/grub_uefi.img=%s")
    arguments.add(words, format = "boot/command_line=%s")
    arguments.add(image, format = "boot/image=%s")
    ctx.actions.run(
        executable = boot_disk.xorriso,
        arguments = [arguments],
        inputs = depset(
            [boot_disk.bios, boot_disk.efi, boot_disk.master_boot_record, words, image],
            transitive = [boot_disk.xorriso_files],
        ),
        outputs = [disk],
        env = {"SOURCE_DATE_EPOCH": "1672531200", "TZ": "UTC"},
        mnemonic = "PackDisk",
        progress_message = "Packing the disk of %{label}",
    )
    return disk
