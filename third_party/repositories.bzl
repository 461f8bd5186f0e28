"""Every outside repository: the one list that WORKSPACE and MODULE.bazel both use."""

load(":debian.bzl", "debian_archive", "debian_packages")

_LIBRARY_PATH = "$P/lib/x86_64-linux-gnu:$P/usr/lib/x86_64-linux-gnu:$P/usr/lib/llvm-19/lib"

def _launcher(program, arguments = "", before = "", argv0 = "$0"):
    """A script that runs a program of an unpacked package by that package's own loader and libraries."""
    return """#!/bin/sh
# Runs {program} by its own loader, so that the machine's libraries do not matter.
P=${{0%/bin/*}}
{before}exec "$P/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" --inhibit-cache --argv0 "{argv0}" --library-path "{path}" "$P/{program}" {arguments}"$@"
""".format(program = program, path = _LIBRARY_PATH, arguments = arguments, before = before, argv0 = argv0)

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
    "llvm-cov",
    "llvm-nm",
    "llvm-objcopy",
    "llvm-objdump",
    "llvm-profdata",
    "llvm-readelf",
    "llvm-size",
    "llvm-strip",
    "llvm-symbolizer",
]

def _llvm():
    scripts = {"bin/" + tool: _launcher("usr/lib/llvm-19/bin/" + tool) for tool in _LLVM_TOOLS}
    scripts["bin/clang"] = _clang()
    scripts["bin/clang++"] = _clang("--driver-mode=g++ --ld-path=\"$P/bin/ld.lld\" ")
    scripts["bin/ld.lld"] = _launcher("usr/lib/llvm-19/bin/lld", arguments = "", argv0 = "ld.lld")
    debian_packages(
        name = "llvm",
        unmangled_name = "llvm",
        build_file = "//toolchains/llvm:llvm.BUILD",
        remove = ["usr/share/doc", "usr/share/man"],
        scripts = scripts,
    )

def _unpack():
    debian_packages(
        name = "unpack",
        unmangled_name = "unpack",
        build_file = "//third_party:unpack.BUILD",
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
    debian_packages(
        name = "qemu",
        unmangled_name = "qemu",
        build_file = "//toolchains/qemu:qemu.BUILD",
        remove = ["usr/share/doc", "usr/share/man", "usr/share/locale"],
        scripts = {
            "bin/qemu-system-x86_64": """#!/bin/sh
# Runs QEMU by its own loader, with its own firmware, so that the machine's packages do not matter.
P=${0%/bin/*}
L="$P/lib/x86_64-linux-gnu:$P/usr/lib/x86_64-linux-gnu:$P/usr/lib/x86_64-linux-gnu/pulseaudio"
QEMU_MODULE_DIR="$P/usr/lib/x86_64-linux-gnu/qemu"
export QEMU_MODULE_DIR
exec "$P/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" --inhibit-cache --argv0 "$0" --library-path "$L" "$P/usr/bin/qemu-system-x86_64" -L "$P/usr/share/seabios" -L "$P/usr/share/qemu" -L "$P/usr/lib/ipxe/qemu" "$@"
""",
        },
    )

def _qemu_user():
    """QEMU as an interpreter of Linux processes: benchmarks count linuxu's instructions with it."""
    debian_packages(
        name = "qemu_user",
        unmangled_name = "qemu_user",
        build_file = "//toolchains/qemu:qemu_user.BUILD",
        remove = ["usr/share"],
        scripts = {"bin/qemu-x86_64": _launcher("usr/bin/qemu-x86_64")},
    )

_TEST_CLIENTS = {
    "ab": "usr/bin/ab",
    "curl": "usr/bin/curl",
    "iproute": "bin/ip",
    "nginx": "usr/sbin/nginx",
    "wrk": "usr/bin/wrk",
}

def _test_clients():
    debian_packages(
        name = "test_clients",
        unmangled_name = "test_clients",
        build_file = "//toolchains/test_clients:test_clients.BUILD",
        remove = ["usr/share/doc", "usr/share/man", "usr/share/locale", "usr/share/perl", "usr/lib/x86_64-linux-gnu/perl-base"],
        scripts = {"bin/" + tool: _launcher(program) for tool, program in _TEST_CLIENTS.items()},
    )

def _chromium():
    """No launcher: Chromium starts itself again as /proc/self/exe, which must not be the loader. //tests/browser says how it runs."""
    debian_packages(
        name = "chromium",
        unmangled_name = "chromium",
        build_file = "//toolchains/test_clients:chromium.BUILD",
        remove = [
            "usr/lib/chromium/libVkICD_mock_icd.so",
            "usr/lib/chromium/libVkLayer_khronos_validation.so",
            "usr/share/doc",
        ],
    )

def _sources():
    debian_archive(
        name = "newlib",
        unmangled_name = "newlib",
        build_file = "//third_party/newlib:newlib.BUILD",
        patches = [
            "//third_party/newlib:no_cancellation.patch",
            "//third_party/newlib:positional_arguments.patch",
        ],
        strip_prefix = "newlib-4.5.0.20241231",
    )
    debian_archive(
        name = "llvm_runtimes",
        unmangled_name = "llvm_runtimes",
        build_file = "//third_party/llvm_runtimes:llvm_runtimes.BUILD",
        only = ["libcxx/include", "libcxx/src", "libcxxabi/include", "libcxxabi/src", "libunwind/include", "libunwind/src", "compiler-rt/lib/builtins"],
        strip_prefix = "llvm-toolchain-19_19.1.7",
    )
    debian_archive(
        name = "lwip",
        unmangled_name = "lwip",
        build_file = "//third_party/lwip:lwip.BUILD",
        patches = [
            "//third_party/lwip:connection_table.patch",
            "//third_party/lwip:time_wait.patch",
            "//third_party/lwip:segmentation_offload.patch",
            "//third_party/lwip:backlog.patch",
            "//third_party/lwip:input_checks.patch",
            "//third_party/lwip:byte_order.patch",
            "//third_party/lwip:duplicate_acks.patch",
            "//third_party/lwip:appending.patch",
        ],
        strip_prefix = "lwip-2.2.1",
    )
    debian_archive(
        name = "googletest",
        unmangled_name = "googletest",
        build_file = "//third_party/googletest:googletest.BUILD",
        remove = ["WORKSPACE", "MODULE.bazel", "googletest/test/BUILD.bazel", "googlemock/test/BUILD.bazel"],
        strip_prefix = "googletest-1.16.0",
    )
    debian_archive(
        name = "benchmark",
        unmangled_name = "benchmark",
        build_file = "//third_party/benchmark:benchmark.BUILD",
        remove = ["WORKSPACE", "WORKSPACE.bzlmod", "MODULE.bazel", "bindings", "tools", "test", "bazel"],
        strip_prefix = "benchmark-1.9.1",
    )
    debian_archive(
        name = "picohttpparser",
        unmangled_name = "picohttpparser",
        build_file = "//third_party/picohttpparser:picohttpparser.BUILD",
        strip_prefix = "h2o-2.2.5+dfsg2/deps/picohttpparser",
    )
    debian_archive(
        name = "musl",
        unmangled_name = "musl",
        build_file = "//third_party/musl:musl.BUILD",
        patches = ["//third_party/musl:unzeroed_pages.patch"],
        strip_prefix = "musl-1.2.5",
    )
    debian_archive(
        name = "qemu_source",
        unmangled_name = "qemu_source",
        build_file = "//third_party/qemu_source:qemu_source.BUILD",
        only = ["include/qemu/qemu-plugin.h"],
        strip_prefix = "qemu-7.2.0",
    )

def repositories():
    """Declares every outside repository."""
    _llvm()
    _unpack()
    _qemu()
    _qemu_user()
    _chromium()
    _test_clients()
    _sources()
