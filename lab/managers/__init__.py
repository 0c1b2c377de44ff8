"""The managers of the lab's firewalls over HTTPS: FMC and FDM, from the same declared truth."""

from lab.managers.server import ManagersLab

__all__ = ["ManagersLab"]
