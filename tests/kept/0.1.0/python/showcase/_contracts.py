"""What the package is made from, by which a server tells whether it serves the same."""

from ._runtime.greeting import Origin

ORIGIN = Origin(
    __name__,
    ("demo.Agent", "c75db06ed8eb8032e4049af00a41ab8ebb6c469c2902bb4b1cef2b038e4c778f"),
    ("demo.Calculator", "e14630cb869ac3c5d989ae78cf778ccc558e3f1a79f2b6c893952fe0b1566b94"),
    ("demo.Countdown", "985e5dfcdd9c73b4388f76bc7b66e46d5645e10fedf06d8caf3df02677703e0c"),
    ("demo.Health", "eb319a2ba901025e438c234838da4697827d53bd64ad6aedb38b96f4dba2279d"),
    ("demo.Importer", "e034b0809c6270494903c7f9648761f6eb33f43752224a4875ca928f61cd1113"),
    ("demo.KvStore", "fa8196bb1b4e0d0800cf73c0b75f7dfbf22ad1887d1aa137246f217efb756aa9"),
    ("demo.ListService", "07a399394531c65fa57cd20ecd45b3c2445946bae53eebed0d05646e9915b6e1"),
    ("demo.Orders", "96bcc978bc32a6a798dc23679ffc62e917a84f5b56afcadd465eae583cfa338f"),
    ("demo.PriceFeed", "9515e6399a7e7d72b9ee9137e1506fd53a75bd933393d72edddce8ebf1dacde1"),
    ("demo.Source", "06ecf95f0fd7ea9ce01640dfb0e97ac442692937e82987d05a8fb5c71818f7ea"),
)
