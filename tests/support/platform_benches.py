"""Every platform's bench; a new platform adds one class and one word."""

from support.platform_bench import Bench, FacebookBench, MastodonBench
from support.platform_instagram import InstagramBench

BENCHES: dict[str, type[Bench]] = {bench.name: bench for bench in (MastodonBench, FacebookBench, InstagramBench)}
