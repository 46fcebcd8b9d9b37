"""What boosts are offered with: audiences under names that members know, and who benefits and pays."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from bot.section import Section, shaped
from handlers.setup import Boosting, Preset

Country = Annotated[str, AfterValidator(shaped(r"[A-Z]{2}", "write a country's code of two capital letters, like IT"))]


class PresetSettings(Section):
    """Whom boosts reach, under a name."""

    countries: tuple[Country, ...] = Field(min_length=1)
    age_min: int = Field(default=18, ge=13, le=65)
    age_max: int = Field(default=65, ge=13, le=65)  #: 65: and older
    genders: tuple[Literal["male", "female"], ...] = ()  #: empty: everybody
    include: tuple[str, ...] = ()  #: the network's ids of audiences
    exclude: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.age_min > self.age_max:
            raise ValueError("age_min is above age_max; make it the smaller one")
        return self


class BoostSettings(Section):
    """What boosts are offered with; who may spend how much is [policy.boosts]."""

    beneficiary: str = Field(default="", max_length=100)
    payor: str = Field(default="", max_length=100)
    presets: Mapping[str, PresetSettings] = {}

    @property
    def offered(self) -> Boosting:
        """The same, as handlers know it."""
        presets = {name: Preset(**dict(preset)) for name, preset in self.presets.items()}
        return Boosting(self.beneficiary, self.payor, presets)
