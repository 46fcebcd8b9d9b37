"""File descriptors: as many as the machine allows, shared between the door and the desk's own work."""

import resource

#: Asked for where the hard limit is higher or there is none: more is of no use, and some systems refuse more.
ENOUGH = 65536
#: Descriptors kept for databases, networks, chats and files, as far as half the limit reaches.
KEPT = 512
#: Connections of the largest door; each costs about 40 kB.
MOST_PLACES = 2048


def raise_limit() -> int:
    """Raise the soft limit to the hard one, as far as the system lets us; returns what holds now."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    endless = hard == resource.RLIM_INFINITY
    for wanted in (ENOUGH if endless else min(hard, ENOUGH), 10240):  # macOS names no limit and takes no more
        if wanted <= soft or (not endless and wanted > hard):
            continue
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (ValueError, OSError):
            continue
        return wanted
    return soft


def places() -> int:
    """How many connections the door may hold at once, so that the desk's own work keeps its descriptors."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    limit = ENOUGH if soft == resource.RLIM_INFINITY else soft
    return max(8, min(MOST_PLACES, limit - min(KEPT, limit // 2)))
