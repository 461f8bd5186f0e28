"""platform_of(): what lists of backends mean by a backend's name."""

def platform_of(backend):
    """The platform of a backend: "kvm" is the one on x86-64, "kvm_aarch64" the one on that CPU."""
    return Label("//platforms:" + (backend if backend.endswith("_aarch64") else backend + "_x86_64"))
