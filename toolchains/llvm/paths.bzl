"""Where Bazel puts the repositories whose folders stand in flags: it differs between WORKSPACE and bzlmod modes, and where
Ashlar itself is another workspace's module."""

_ASHLAR = Label("//:BUILD.bazel").workspace_root

LLVM = Label("@llvm//:BUILD.bazel").workspace_root
LIBCXX = Label("@llvm_runtimes//:BUILD.bazel").workspace_root
NEWLIB = Label("@newlib//:BUILD.bazel").workspace_root

def own(folder):
    """A folder of this repository, from where compilers start."""
    return "%s/%s" % (_ASHLAR, folder) if _ASHLAR else folder
