"""guest_test(): one GoogleTest source, run on the host and inside an image on each backend.

guest_test_group(): many of them in one image, for backends whose machine takes long to start.
"""

load("@rules_cc//cc:defs.bzl", "cc_library", "cc_test")
load(":neutral.bzl", "neutral_objects")
load(":platform.bzl", "platform_of")
load(":unikernel_image.bzl", "unikernel_image_test")

_GTEST = [Label("@googletest//:gtest"), Label("@googletest//:gtest_main")]

def guest_test_fault(host, data, more):
    """What is wrong with attributes of the host's test.

    Args:
      host: as guest_test takes it.
      data: as guest_test takes it.
      more: dict of what it takes beside what it names.
    Returns:
      the part of a sentence behind the test's name, or None.
    """
    given = (["data"] if data else []) + more.keys()
    if host or not given:
        return None
    return "host = False, and only the host's test takes %s: leave that out" % ", ".join(given)

def _gtest(deps):
    # A select()'s branches cannot be seen here; where one has GoogleTest, Bazel says that it is there twice.
    named = [native.package_relative_label(d) for d in deps] if type(deps) == "list" else []
    return [label for label in _GTEST if label not in named]

def guest_test(name, srcs, deps = [], backends = ["kvm", "linuxu"], host = True, data = [], memory_mib = 64, libs = {}, cmdline = "", tags = [], size = "small", rootfs = None, image_deps = [], **kwargs):
    """Tests `NAME` on the host, `NAME_kvm` and `NAME_linuxu` as images; a guest passes by its exit status.

    Args:
      name: the host's test; with a backend's name behind it, that backend's.
      srcs: GoogleTest sources without a main().
      deps: what they use; GoogleTest may be there too, but not beside a select().
      backends: the backends to test on; with "_aarch64" behind its name, a backend on that CPU.
      host: whether the host runs it as well.
      data: files for the host's test.
      memory_mib: the guests' memory.
      libs: the images' choices of facades.
      cmdline: the images' command line.
      tags: of all the tests.
      size: of all the tests.
      rootfs: a rootfs() target for the images.
      image_deps: libraries for the images alone.
      **kwargs: for the host's cc_test alone, which is compatible with the host and what target_compatible_with adds.
    """
    fault = guest_test_fault(host, data, kwargs)
    if fault:
        fail("//%s:%s: %s" % (native.package_name(), name, fault))
    gtest = _gtest(deps)
    compatible = [Label("//platforms:host")] + kwargs.pop("target_compatible_with", [])
    if host:
        cc_test(
            name = name,
            size = size,
            srcs = srcs,
            data = data,
            deps = deps + gtest,
            tags = tags,
            target_compatible_with = compatible,
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
        visibility = ["//:__subpackages__"],  # of guest_test_group()s, anywhere in the test's repository
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
            platform = platform_of(backend),
            rootfs = rootfs,
            tags = tags,
        )

def guest_test_group(name, tests, backends, memory_mib = 64, tags = [], **kwargs):
    """Tests `NAME_<backend>`: the guest tests `tests` in one image, which passes if all of them do.

    Args:
      name: with a backend's name behind it, that backend's test.
      tests: labels of guest_test targets that need no command line, files or choices of their own.
      backends: the backends to test on; with "_aarch64" behind its name, a backend on that CPU.
      memory_mib: the guest's memory.
      tags: of the tests.
      **kwargs: for unikernel_image_test.
    """
    cc_library(
        name = name + "_app",
        testonly = True,
        tags = ["manual"],
        deps = [test + "_guest" for test in tests],
    )
    for backend in backends:
        unikernel_image_test(
            name = name + "_" + backend,
            app = ":" + name + "_app",
            memory_mib = memory_mib,
            platform = platform_of(backend),
            tags = tags,
            **kwargs
        )
