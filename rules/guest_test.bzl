"""guest_test(): one GoogleTest source, run on the host and inside an image on each backend."""

load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")
load(":neutral.bzl", "neutral_objects")
load(":unikernel_image.bzl", "unikernel_image_test")

def guest_test(name, srcs, deps = [], backends = ["kvm", "linuxu"], host = True, data = [], memory_mib = 64, libs = {}, cmdline = "", tags = [], size = "small", rootfs = None, image_deps = [], **kwargs):
    """Tests `NAME` on the host, `NAME_kvm` and `NAME_linuxu` as images; a guest passes by its exit status.

    Args:
      name: the host's test; with a backend's name behind it, that backend's.
      srcs: GoogleTest sources without a main().
      deps: what they use, beside GoogleTest.
      backends: the backends to test on.
      host: whether the host runs it as well.
      data: files for the host's test.
      memory_mib: the guests' memory.
      libs: the images' choices of facades.
      cmdline: the images' command line.
      tags: of all the tests.
      size: of all the tests.
      rootfs: a rootfs() target for the images.
      image_deps: libraries for the images alone.
      **kwargs: for the host's cc_test.
    """
    gtest = [d for d in ["@googletest//:gtest", "@googletest//:gtest_main"] if d not in deps]
    if host:
        cc_test(
            name = name,
            size = size,
            srcs = srcs,
            data = data,
            deps = deps + gtest,
            tags = tags,
            target_compatible_with = [Label("//platforms:host")],
            **kwargs
        )

    # One compile serves every backend.
    cc_library(
        name = name + "_guest_objects",
        testonly = True,
        srcs = srcs,
        tags = ["manual"],
        deps = deps + gtest,
        alwayslink = True,
    )
    neutral_objects(
        name = name + "_guest",
        testonly = True,
        links = deps + gtest,
        objects = ":" + name + "_guest_objects",
        tags = ["manual"],
    )
    for backend in backends:
        unikernel_image_test(
            name = name + "_" + backend,
            size = size,
            app = ":" + name + "_guest",
            cmdline = cmdline,
            deps = image_deps,
            libs = libs,
            memory_mib = memory_mib,
            platform = Label("//platforms:%s_x86_64" % backend),
            rootfs = rootfs,
            tags = tags + ["guest"],
        )
