"""One spider class for each district of the catalogue, so that `scrapy list` and `scrapy crawl wujin` work."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Self

from scrapy import Request, Spider
from scrapy.settings import BaseSettings

from scraper.catalogue import DISTRICTS, District, survey
from scraper.spiders.district import DistrictSpider

INTAKE = "archive.intake.pipeline.Intake"  # by name: data flows there, imports do not

log = logging.getLogger(__name__)


class DistrictLoader:
    """Scrapy's SPIDER_LOADER_CLASS. The setting DIBAO_DISTRICTS names the folder of TOML files."""

    def __init__(self, folder: Path) -> None:
        districts, errors = survey(folder)
        for error in errors:
            log.warning("%s", error)
        self.districts = {district.slug: district for district in districts}

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        return cls(Path(settings.get("DIBAO_DISTRICTS") or DISTRICTS))

    def load(self, spider_name: str) -> type[Spider]:
        if spider_name not in self.districts:
            raise KeyError(f"Spider not found: {spider_name}; the districts are {', '.join(self.districts)}")
        return spider_class(self.districts[spider_name])

    def find_by_request(self, request: Request) -> list[str]:
        """None: `scrapy shell URL` and `scrapy fetch URL` look at a page, they do not crawl a district."""
        return []

    def list(self) -> list[str]:
        return sorted(self.districts)


def spider_class(district: District) -> type[DistrictSpider]:
    """The spider of a district: DistrictSpider with its name, its pace and the archive as its item pipeline."""
    return type(
        f"{district.slug.title()}Spider",
        (DistrictSpider,),
        {
            "name": district.slug,
            "district": district,
            "custom_settings": {"DOWNLOAD_DELAY": district.delay, "ITEM_PIPELINES": {INTAKE: 300}},
        },
    )
