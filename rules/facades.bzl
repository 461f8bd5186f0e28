"""The facades whose backend an image may choose with unikernel_image(libs = {...}): flag to default."""

FACADES = {
    "//libs/blockdev:backend": "//libs/blockdev:platform_backend",
    "//libs/clock:backend": "//libs/clock:platform_backend",
    "//libs/command_line:backend": "//libs/command_line:platform_backend",
    "//libs/console:backend": "//libs/console:platform_backend",
    "//libs/entropy:backend": "//libs/entropy:platform_backend",
    "//libs/events:backend": "//libs/events:platform_backend",
    "//libs/halt:backend": "//libs/halt:platform_backend",
    "//libs/heap:backend": "//libs/heap:platform_backend",
    "//libs/memory_map:backend": "//libs/memory_map:platform_backend",
    "//libs/netdev:backend": "//libs/netdev:platform_backend",
    "//libs/page_map:backend": "//libs/page_map:platform_backend",
    "//libs/scheduler:backend": "//libs/scheduler:platform_backend",
    "//libs/thread_pointer:backend": "//libs/thread_pointer:platform_backend",
    "//libs/watchdog:backend": "//libs/watchdog:platform_backend",
}
