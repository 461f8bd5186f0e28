"""Every compiler and linker flag: one list a reason."""

# Diagnostics. They are errors in our own code (//libs, //platforms, //tools, ...) through the feature `strict`. (What libs/ and
# platforms/ do without, exceptions and global constructors, is in .bazelrc: it goes by folder.)
WARNINGS = ["-Wall", "-Wextra", "-Wvla", "-Wno-unused-parameter"]
STRICT = ["-Werror"]

LANGUAGE_CXX = ["-std=c++23"]
LANGUAGE_C = ["-std=gnu17"]

# The same bytes from every checkout and every day.
REPRODUCIBLE = [
    "-ffile-compilation-dir=.",
    "-fdebug-prefix-map=./=",
    "-no-canonical-prefixes",
    "-Wno-builtin-macro-redefined",
    "-D__DATE__=\"redacted\"",
    "-D__TIME__=\"redacted\"",
    "-D__TIMESTAMP__=\"redacted\"",
]

# So that the linker can leave out what nobody calls.
SECTIONS = ["-ffunction-sections", "-fdata-sections"]

# Interrupts use the interrupted stack, hence no red zone.
GUEST_X86_64 = [
    "-target",
    "x86_64-unknown-elf",
    "-march=x86-64",
    "-mno-red-zone",
]

# The first version of the architecture, which all of its CPUs have. Atomics in place, by exclusive loads and stores: the
# functions that choose newer instructions at run time start by asking an operating system what the CPU has. Cortex-A53, the
# Raspberry Pi 3's, multiplies wrongly right after some loads and stores (erratum 835769), and reads a wrong page's number where
# an ADRP ends a page (843419, which the linker finds).
GUEST_AARCH64 = [
    "-target",
    "aarch64-unknown-elf",
    "-march=armv8-a",
    "-mno-outline-atomics",
    "-mfix-cortex-a53-835769",
]

GUEST_AARCH64_LINK = ["--fix-cortex-a53-843419"]

# An image is one static program at a fixed address, entered without a C runtime around it. One set of flags for every
# backend, so that neutral code is built once.
GUEST = [
    "-fno-pic",
    "-fno-pie",
    "-mcmodel=small",
    "-fno-stack-protector",
    "-fno-asynchronous-unwind-tables",
    "-fno-common",
    "-fno-omit-frame-pointer",
    "-ftls-model=local-exec",
    "-D__ashlar__=1",
]

GUEST_LINK = [
    "--gc-sections",
    "--build-id=none",
    "-static",
    "--no-undefined",
    "-z",
    "noexecstack",
    # A sorted table of functions' unwind information: without it each frame of an exception searches all of it.
    "--eh-frame-hdr",
]

HOST = ["-target", "x86_64-linux-gnu", "-fno-omit-frame-pointer", "-fno-pic", "-fno-pie"]

# libc++ in the host program itself, so that host and guest agree and no library of the machine's is needed.
HOST_LINK = [
    "-target",
    "x86_64-linux-gnu",
    "--rtlib=compiler-rt",
    "--unwindlib=none",
    "-nostdlib++",
    "-Wl,--gc-sections",
    "-Wl,--build-id=none",
]

# A static program needs nothing of the machine's. Sanitizers insist on the dynamic libc.
HOST_LINK_STATIC = ["-static"]
HOST_LINK_LIBRARIES = ["-l:libc++.a", "-l:libc++abi.a", "-l:libunwind.a", "-lpthread", "-ldl", "-lm"]

OPTIMISE = {
    "dbg": ["-O0", "-g"],
    "fastbuild": ["-O2", "-gline-tables-only"],
    "opt": ["-O2", "-g", "-DNDEBUG"],
}

# For code that runs at start, at the end or once a second: a quarter smaller, and a tenth slower.
OPTIMISE_SIZE = ["-Os"]

LTO = ["-flto=full"]

ASAN = ["-fsanitize=address", "-fno-sanitize-recover=all", "-g", "-O1"]
# Our libraries have no type information to check the types of objects against.
UBSAN = ["-fsanitize=undefined", "-fno-sanitize=vptr", "-fno-sanitize-recover=all", "-g", "-O1"]
COVERAGE = ["-fprofile-instr-generate", "-fcoverage-mapping"]
