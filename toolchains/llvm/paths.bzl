"""Where Bazel puts the repositories whose folders stand in flags: it differs between WORKSPACE and bzlmod modes."""

LLVM = Label("@llvm//:BUILD.bazel").workspace_root
LIBCXX = Label("@llvm_runtimes//:BUILD.bazel").workspace_root
NEWLIB = Label("@newlib//:BUILD.bazel").workspace_root
