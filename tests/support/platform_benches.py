"""Every platform's bench; a new platform adds one class and one word."""

from support.platform_bench import Bench, MastodonBench
from support.platform_facebook import FacebookBench
from support.platform_instagram import InstagramBench
from support.platform_threads import ThreadsBench

BENCHES: dict[str, type[Bench]] = {
    bench.name: bench for bench in (MastodonBench, FacebookBench, InstagramBench, ThreadsBench)
}
