"""What was found in the audit log, in words for the person who runs the desk: what is wrong, and what to do."""

from models.audit import Chain, Fault
from models.audit_head import Compared, Verdict

#: Where it is told at length.
SEE = "see “The audit log and its head” in docs/hosting.md"
#: How an entry does not fit -> what that means and what to do.
FAULTS = {
    Fault.MISSING: "entries before entry {at} are gone; compare it with a copy",
    Fault.ORDER: "entry {at} stands in another place than it was written; compare it with a copy",
    Fault.REWRITTEN: "what stands before entry {at} is not what it was written after; compare it with a copy",
    Fault.ALTERED: "it was altered: entry {at} does not fit the chain of hashes; compare it with a copy",
    Fault.UNSEALED: (
        "entry {at} has no seal: it was written by an older Bottega that still ran after the update (stop it), or by "
        "somebody who does not have the key; compare it with a copy"
    ),
    Fault.UNKNOWN_KEY: (
        "entry {at} names a key that is not here: set the secret_key that sealed it, behind the new one if there is "
        "one, or put the lines of the old audit.key into this one"
    ),
    Fault.FORGED: (
        "the seal of entry {at} is wrong: it or what stands before it was written by somebody who does not have the "
        "key; compare it with a copy"
    ),
    Fault.EMPTIED: "it was emptied: there is no entry, and there was one; restore a copy",
    Fault.CUT: "it was cut: it ends with entry {at}, before the one at which its key began; compare it with a copy",
}
#: What became of a head -> the same.
VERDICTS = {
    Verdict.HELD: "it contains entry {number} as it was then, and goes on from it to entry {last}",
    Verdict.EMPTIED: "it was emptied: there is no entry, and there was an entry {number}; restore a copy",
    Verdict.CUT: "it was cut: it ends with entry {last} and had an entry {number}; compare it with a copy",
    Verdict.REWRITTEN: "it was rewritten: entry {number} is another than it was then; compare it with a copy",
    Verdict.MOVED: (
        "it was renumbered: the entry that was {number} stands at another number now; compare it with a copy"
    ),
    Verdict.OLDER: (
        "it is older than that head: entry {restored} says that the desk was restored from a copy, and entry {number} "
        "was written after that copy"
    ),
}


def in_words(chain: Chain) -> str:
    """Whether the audit log is whole, and its head, which is worth keeping elsewhere."""
    if chain.fault is not None:
        return f"{FAULTS[chain.fault].format(at=chain.broken_at)}; {SEE}"
    if not chain.entries:
        return "nothing was done yet"
    said = f"{chain.entries} entries, as they were written; its head is {chain.number}:{chain.head}"
    if chain.unknown:
        said += f"; the seals of {chain.unknown} from before the present key could not be checked, their key is lost"
    if chain.excused is not None:
        said += f"; entry {chain.excused} did not fit and was accepted since"
    return said


def compared_in_words(found: Compared) -> str:
    """What became of a head that somebody kept."""
    last = found.last.number if found.last else 0
    said = VERDICTS[found.verdict].format(number=found.head.number, last=last, restored=found.restored_at)
    return said if found.verdict is Verdict.HELD else f"{said}; {SEE}"
