"""Plainly invented names of organisations, and what they do and say."""

FIRST = [
    "Larkspur Lane", "Marsh Lantern", "Tin Whistle", "Blue Biscuit Tin", "Copper Kettle",
    "Hop Kiln", "Paper Boat", "Seven Gates", "Wooden Spoon Yard", "Button Box",
    "Quiet Harbour", "Red Wheelbarrow", "Apple Ladder", "Borrowed Bicycle", "Chalk Path",
    "Dandelion Clock", "Elm Hollow", "Ferry Bell", "Green Umbrella", "Hazel Gap",
    "Ink Pot", "Jam Jar", "Kite Field", "Lemon Press", "Milk Churn",
    "Nutmeg Row", "Oast Door", "Pebble Bank", "Quince Tree", "Rope Walk",
    "Saltbox", "Thimble Hill", "Umber Wood", "Violet Steps", "Windfall",
    "Yarrow Court", "Zinc Bucket", "Anchor and Oar", "Bramble Gate", "Cherry Stile",
    "Damson Square", "Edgeways", "Fiddle and Drum", "Gooseberry Hall", "Honest Loaf",
    "Ivy Corner", "Jasper Bridge", "Kettle Drum", "Lantern Street", "Mulberry Cross",
]  # fmt: skip
LAST = ["Activities CIC", "Care", "Arts", "Café CIC", "Social Club", "Skills Trust", "Support Ltd"]
FORMS = ["cic", "company", "charity", "cic", "charity", "charity", "company"]
SERVICES = {  # by name, what a provider's register entry may say of one
    "Morning group": [
        "Tea, the day's news and something to make, in a small group that people come to on foot.",
        "Music, drawing and games three mornings a week, with a quiet room for who needs one.",
    ],
    "Workshop": [
        "Woodwork, bicycle repair and printing, at each person's pace, with a bench of one's own.",
        "Making and mending things to sell at the market, and learning to run the stall.",
    ],
    "Out and about": [
        "Walks, buses and trains: going out with company first, and alone when ready.",
        "Swimming, bowling and football at the leisure centre, with people who live close by.",
    ],
    "Kitchen table": [
        "Planning a meal, shopping for it and cooking it, then eating together.",
        "Baking for the community café, and serving in it once a week.",
    ],
    "Garden days": [
        "An allotment with raised beds: sowing, growing, picking, and a shed for wet days.",
        "Care of a churchyard and its bees, with tools that one hand can hold.",
    ],
    "First job": [
        "Travel to work, time-keeping and talking to a boss, with a work trial in local firms.",
        "A job coach, alongside at first and less each week, for work that is paid.",
    ],
}
SAID = """
We ask each person what a good week looks like to them, write it down in their own words and plan
from there. Plans are looked at every six weeks, with whoever the person wants present.

Every member of staff is trained before they work alone, is watched at work twice in the first three
months and has supervision each month. Training records are checked by the manager.

Our groups are small, begin at the hour that suits the people in them and use places that everybody
uses: the library, the leisure centre, the allotment and the market.

Concerns are told to the safeguarding lead the same day, written down in the person's own words and
passed on under the county's procedure. We look back at each of them as a team.

We pay travel time, take on people who have used our support and buy from firms in the district.
Last year four people moved on to paid work of sixteen hours a week or more.
""".strip().split("\n\n")


def organisations(count: int) -> list[tuple[str, str]]:
    """(name, legal form) of so many organisations, all different."""
    return [
        (f"{FIRST[n % len(FIRST)]} {LAST[n % len(LAST)]}", FORMS[n % len(FORMS)])
        for n in range(count)
    ]


PERSONS = [
    "Acorn", "Bluebell", "Clover", "Daffodil", "Elder", "Fern", "Gorse", "Hawthorn", "Juniper",
    "Larch", "Maple", "Nettle", "Olive", "Primrose", "Rowan", "Sorrel", "Tansy", "Willow",
]  # fmt: skip
_NEEDS = """
Wants to get out more, meet people of the same age and learn to travel alone by bus. Needs reminding
of the time and support in crowded places.

Likes cooking and music. Needs one person alongside at all times outdoors, and somewhere quiet to go
when it is loud.

Would like a job that has to do with animals. Reads a little, works well with pictures, gets tired
after three hours.

Wants to keep seeing friends from the old day centre. Uses a wheelchair and needs a hoist and two
people for personal care.

Is learning to live more independently: shopping, money, the washing machine. Says what is wrong by
going quiet.

Wants company in the week while those who care are at work. Communicates with a tablet and some
signs.
"""
NEEDS = [" ".join(each.split()) for each in _NEEDS.strip().split("\n\n")]
