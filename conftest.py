"""What every pytest run needs, before anything else is imported."""

from tools import runtime

runtime.set_environment()

import functools  # noqa: E402

import nbval.kernel  # noqa: E402

_KERNEL_OPTIONS = runtime.kernel_options(runtime.make_private_folder())
_TCP_KERNEL_MANAGER = nbval.kernel.KernelManager


@functools.wraps(_TCP_KERNEL_MANAGER, updated=())
def _private_kernel_manager(**options: object) -> nbval.kernel.KernelManager:
    return _TCP_KERNEL_MANAGER(**options, **next(_KERNEL_OPTIONS))


# nbval has no option for it; without it two workers race for TCP ports.
nbval.kernel.KernelManager = _private_kernel_manager
