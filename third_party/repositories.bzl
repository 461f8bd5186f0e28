"""Every outside repository: the one list that WORKSPACE and MODULE.bazel both use."""

load(":debian.bzl", "debian_archive", "debian_packages")
load(":lock.bzl", "ARCHIVES", "PACKAGES")

_LIBRARY_PATH = "$P/lib/x86_64-linux-gnu:$P/usr/lib/x86_64-linux-gnu:$P/usr/lib/llvm-19/lib"

# The rules are given what is pinned, so that a new entry fetches no other repository again.
def _packages(name, build_file, scripts = {}, programs = {}, **kwargs):
    """Declares a repository of packages.

    Args:
      name: the repository, and its list in lock.bzl.
      build_file: of this repository.
      scripts: path to a _launcher(), or to a text.
      programs: what scripts run that are texts, to where it finds libraries.
      **kwargs: for the rule.
    """
    launchers = [script for script in scripts.values() if type(script) != "string"]
    debian_packages(
        name = name,
        build_file = Label(build_file),
        packages = {package: [path, sha256] for package, _version, path, sha256 in PACKAGES[name]},
        programs = programs | {launcher.program: launcher.library_path for launcher in launchers},
        scripts = {path: script if type(script) == "string" else script.text for path, script in scripts.items()},
        **kwargs
    )

def _archive(name, patches = [], **kwargs):
    """Declares a repository of sources, which //third_party has a folder for.

    Args:
      name: the repository, its folder, its BUILD file there and its line in lock.bzl.
      patches: the names of patches in that folder.
      **kwargs: for the rule.
    """
    _file, path, sha256 = ARCHIVES[name]
    debian_archive(
        name = name,
        build_file = Label("//third_party/{0}:{0}.BUILD".format(name)),
        patches = [Label("//third_party/%s:%s.patch" % (name, patch)) for patch in patches],
        path = path,
        sha256 = sha256,
        **kwargs
    )

def _launcher(program, arguments = "", before = "", argv0 = "$0", quiet = False, library_path = _LIBRARY_PATH):
    """A script that runs a program of an unpacked package by that package's own loader and libraries.

    Args:
      program: the program's path in the package.
      arguments: what comes before the script's own arguments, with a blank behind it.
      before: the script's lines before that.
      argv0: what the program takes for its name.
      quiet: whether it is heard only when it fails.
      library_path: where it finds libraries.
    Returns:
      a struct of the program, where it finds libraries, and the script's text.
    """
    text = """#!/bin/sh
# Runs {program} by its own loader, so that the machine's libraries do not matter.
P=${{0%/bin/*}}
{before}{head}"$P/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" --inhibit-cache --argv0 "{argv0}" --library-path "{path}" "$P/{program}" {arguments}"$@"{tail}
""".format(
        program = program,
        path = library_path,
        arguments = arguments,
        before = before,
        argv0 = argv0,
        head = "said=$(" if quiet else "exec ",
        tail = " 2>&1) || { echo \"$said\" >&2; exit 1; }" if quiet else "",
    )
    return struct(program = program, library_path = library_path, text = text)

def _clang(arguments = ""):
    """clang's driver runs itself again, by argv[0], with -cc1 or -cc1as: nothing may be added then."""
    return _launcher(
        "usr/lib/llvm-19/bin/clang",
        arguments = "-no-canonical-prefixes -resource-dir \"$P/usr/lib/llvm-19/lib/clang/19\" " + arguments,
        before = "case $1 in -cc1*) exec \"$P/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2\" --inhibit-cache --argv0 \"$0\" " +
                 "--library-path \"" + _LIBRARY_PATH + "\" \"$P/usr/lib/llvm-19/bin/clang\" \"$@\" ;; esac\n",
    )

_LLVM_TOOLS = [
    "clang-format",
    "clang-tidy",
    "llvm-ar",
    "llvm-objcopy",
    "llvm-profdata",
    "llvm-strip",
]

def _llvm():
    scripts = {"bin/" + tool: _launcher("usr/lib/llvm-19/bin/" + tool) for tool in _LLVM_TOOLS}
    scripts["bin/clang"] = _clang()
    scripts["bin/clang++"] = _clang("--driver-mode=g++ --ld-path=\"$P/bin/ld.lld\" ")
    scripts["bin/ld.lld"] = _launcher("usr/lib/llvm-19/bin/lld", arguments = "", argv0 = "ld.lld")
    _packages(
        name = "llvm",
        build_file = "//toolchains/llvm:llvm.BUILD",
        remove = ["usr/share/doc", "usr/share/man"],
        scripts = scripts,
    )

def _unpack():
    _packages(
        name = "unpack",
        build_file = "//third_party:unpack.BUILD",
        programs = {"bin/tar": _LIBRARY_PATH, "usr/bin/xz": _LIBRARY_PATH},
        remove = ["usr/share"],
        scripts = {
            "bin/patch": _launcher("usr/bin/patch"),
            "bin/untar": """#!/bin/sh
# untar ARCHIVE.tar.xz [tar's arguments]: unpacks with the xz and tar of this repository.
P=${0%/bin/*}
run() { program=$1; shift; "$P/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" --inhibit-cache --library-path "$P/lib/x86_64-linux-gnu:$P/usr/lib/x86_64-linux-gnu" "$P/$program" "$@"; }
archive=$1
shift
run usr/bin/xz -T0 -dc "$archive" | run bin/tar --no-same-owner --wildcards -x "$@"
""",
        },
    )

def _qemu():
    _packages(
        name = "qemu",
        build_file = "//toolchains/qemu:qemu.BUILD",
        remove = ["usr/share/doc", "usr/share/man", "usr/share/locale"],
        scripts = {
            # With its own modules and firmware, too.
            "bin/qemu-system-x86_64": _launcher(
                "usr/bin/qemu-system-x86_64",
                arguments = "-L \"$P/usr/share/seabios\" -L \"$P/usr/share/qemu\" -L \"$P/usr/lib/ipxe/qemu\" ",
                before = "export QEMU_MODULE_DIR=\"$P/usr/lib/x86_64-linux-gnu/qemu\"\n",
                library_path = _LIBRARY_PATH + ":$P/usr/lib/x86_64-linux-gnu/pulseaudio",
            ),
        },
    )

def _qemu_arm():
    """QEMU's AArch64 machines. No module, no firmware: they enter our images directly."""
    _packages(
        name = "qemu_arm",
        build_file = "//toolchains/qemu:qemu_arm.BUILD",
        remove = ["usr/share", "usr/bin/qemu-system-arm"],
        scripts = {"bin/qemu-system-aarch64": _launcher("usr/bin/qemu-system-aarch64")},
    )

def _qemu_user():
    """QEMU as an interpreter of Linux processes: of linuxu's for other CPUs, and where benchmarks count instructions."""
    _packages(
        name = "qemu_user",
        build_file = "//toolchains/qemu:qemu_user.BUILD",
        remove = ["usr/share"],
        scripts = {"bin/" + program: _launcher("usr/bin/" + program) for program in ["qemu-aarch64", "qemu-x86_64"]},
    )

def _unpacker(program, arguments = ""):
    """A script that unpacks one file: SCRIPT PACKED FILE."""
    return _launcher(program, arguments = "-dc " + arguments, before = "exec <\"$1\" >\"$2\"\nshift 2\n")

def _grub_image(format, parts):
    """A script that puts parts of GRUB together."""
    return _launcher("usr/bin/grub-mkimage", arguments = "-O %s -d \"$P/usr/lib/grub/%s\" " % (format, parts))

def _boot_disk():
    """What disk images for PCs are made of and with: GRUB, its tools, xorriso, and a console font."""
    _packages(
        name = "boot_disk",
        build_file = "//toolchains/boot_disk:boot_disk.BUILD",
        remove = ["usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/grub", "usr/share/info"],
        scripts = {
            "bin/grub_bios_image": _grub_image("i386-pc-eltorito", "i386-pc"),
            "bin/grub_uefi_image": _grub_image("x86_64-efi", "x86_64-efi"),
            "bin/gunzip": _unpacker("bin/gzip"),
            # It tells of itself and of every variable that it heeds, however quiet it is asked to be.
            "bin/xorriso": _launcher("usr/bin/xorriso", quiet = True),
            # It converts file names with a module of its own libc, whose list of modules is a folder of files: through the
            # links of a sandbox it is not read.
            "bin/mtools": _launcher("usr/bin/mtools", before = "export GCONV_PATH=\"$P/usr/lib/x86_64-linux-gnu/gconv\"\n"),
            "usr/lib/x86_64-linux-gnu/gconv/gconv-modules": """\
alias CP850// IBM850//
module IBM850// INTERNAL IBM850 1
module INTERNAL IBM850// IBM850 1
""",
        },
    )

def _ovmf():
    """UEFI firmware for QEMU."""
    _packages(
        name = "ovmf",
        build_file = "//toolchains/qemu:ovmf.BUILD",
        remove = ["usr/share/doc", "usr/share/OVMF", "usr/share/qemu"],
    )

_TEST_CLIENTS = {
    "ab": "usr/bin/ab",
    "curl": "usr/bin/curl",
    "iproute": "bin/ip",
    "nginx": "usr/sbin/nginx",
    "wrk": "usr/bin/wrk",
}

def _test_clients():
    _packages(
        name = "test_clients",
        build_file = "//toolchains/test_clients:test_clients.BUILD",
        remove = ["usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/perl", "usr/lib/x86_64-linux-gnu/perl-base"],
        scripts = {"bin/" + tool: _launcher(program) for tool, program in _TEST_CLIENTS.items()},
    )

def _chromium():
    """No launcher: Chromium starts itself again as /proc/self/exe, which must not be the loader. //tests/browser says how it runs."""
    _packages(
        name = "chromium",
        build_file = "//toolchains/test_clients:chromium.BUILD",
        remove = [
            "usr/lib/chromium/libVkICD_mock_icd.so",
            "usr/lib/chromium/libVkLayer_khronos_validation.so",
            "usr/share/doc",
        ],
    )

def _xen():
    """The hypervisor that tests boot, and its public headers, which a test compares with our own."""
    _packages(
        name = "xen",
        build_file = "//third_party/xen:xen.BUILD",
        remove = ["boot/xen-4.17-amd64.efi", "usr/share"],
        scripts = {"bin/gunzip": _unpacker("bin/gzip")},
    )

def _xen_dom0():
    """The Linux that a full Xen test has as its initial domain: kernel, modules, Xen's tools, busybox."""
    modules = "lib/modules/6.1.0-50-amd64/kernel/"
    _packages(
        name = "xen_dom0",
        build_file = "//third_party/xen:dom0.BUILD",
        # Most of what it takes on disk.
        remove = ["usr/share"] + [modules + unused for unused in [
            "drivers/gpu",
            "drivers/infiniband",
            "drivers/media",
            "drivers/net/ethernet",
            "drivers/net/wireless",
            "drivers/scsi",
            "drivers/staging",
            "drivers/usb",
            "fs",
            "sound",
        ]],
        scripts = {
            # The size stands behind what is packed.
            "bin/unxz": _unpacker("usr/bin/xz", arguments = "--single-stream "),
        },
    )

def _sources():
    _archive(
        name = "newlib",
        patches = [
            "binary128_strtold",
            "clang_classifies",
            "clocks_per_sec",
            "flush_every_stream",
            "no_cancellation",
            "one_random_sequence",
            "positional_arguments",
        ],
        strip_prefix = "newlib-4.5.0.20241231",
    )
    _archive(
        name = "llvm_runtimes",
        only = ["libcxx/include", "libcxx/src", "libcxxabi/include", "libcxxabi/src", "libunwind/include", "libunwind/src", "compiler-rt/lib/builtins"],
        strip_prefix = "llvm-toolchain-19_19.1.7",
    )
    _archive(
        name = "lwip",
        patches = [
            "connection_table",
            "time_wait",
            "segmentation_offload",
            "backlog",
            "input_checks",
            "byte_order",
            "duplicate_acks",
            "appending",
        ],
        strip_prefix = "lwip-2.2.1",
    )
    _archive(
        name = "googletest",
        remove = ["WORKSPACE", "MODULE.bazel", "googletest/test/BUILD.bazel", "googlemock/test/BUILD.bazel"],
        strip_prefix = "googletest-1.16.0",
    )
    _archive(
        name = "benchmark",
        remove = ["WORKSPACE", "WORKSPACE.bzlmod", "MODULE.bazel", "bindings", "tools", "test", "bazel"],
        strip_prefix = "benchmark-1.9.1",
    )
    _archive(
        name = "picohttpparser",
        strip_prefix = "h2o-2.2.5+dfsg2/deps/picohttpparser",
    )
    _archive(
        name = "musl",
        patches = ["unzeroed_pages"],
        strip_prefix = "musl-1.2.5",
    )
    _archive(
        name = "dtc",
        strip_prefix = "dtc-1.7.2",
    )
    _archive(
        name = "qemu_source",
        only = ["include/qemu/qemu-plugin.h"],
        strip_prefix = "qemu-7.2.0",
    )

def repositories():
    """Declares every outside repository."""
    _llvm()
    _unpack()
    _qemu()
    _qemu_arm()
    _qemu_user()
    _boot_disk()
    _ovmf()
    _chromium()
    _test_clients()
    _xen()
    _xen_dom0()
    _sources()
