"""What was found, in words for a person at the school."""

from mostovi.connectivity.probe.measuring.reporting import Report
from mostovi.connectivity.probe.measuring.rules import delay, loss
from mostovi.connectivity.probe.measuring.values import Cause, Half, Observation

_CAUSES = {
    Cause.NO_NETWORK: "This machine is in no network.\n"
    "Look whether the cable is plugged in, or join the Wi-Fi.",
    Cause.WIFI: "The trouble is between this machine and the school's router: the Wi-Fi.\n"
    "Move closer to it or use a cable, and measure again.",
    Cause.LOCAL_NETWORK: "The trouble is between this machine and the school's router, over the cable.\n"
    "Look at cable and switch, and whether another machine is loading the network.",
    Cause.LINE: "Inside the school all is in order. The trouble is on the line to the provider.\n"
    "Report it to the provider as a fault of the line.",
    Cause.LINE_OR_PROVIDER: "Inside the school all is in order. The trouble is on the line or at the\n"
    "provider; its first router says nothing, so the two cannot be told apart. Report it to the provider.",
    Cause.PROVIDER: "School and line are in order. The trouble is in the provider's network.\n"
    "Report it to the provider as a fault beyond the line.",
    Cause.SERVER: "The measurement server can be reached but does not measure now. That is no fault of the\n"
    "school's connection. Measure again later.",
    Cause.NONE: "The connection is in order.",
}


def describe(seen: Observation, cause: Cause) -> str:
    """A few lines: the speeds, the parts of the way, and what to do."""
    speeds = f"Download {_speed(seen.download)}, upload {_speed(seen.upload)}."
    places = [
        ("school's router", seen.gateway),
        ("provider's first router", seen.first_hop),
        ("measurement server", seen.server),
    ]
    told = [
        f"  {name}: no answer"
        if echo.is_silent
        else f"  {name}: answers in {delay(echo):.0f} ms, {loss(echo):.0%} lost"
        for name, echo in places
        if echo is not None
    ]
    if not told and seen.has_gateway:
        told = [
            "  The way could not be looked at: run this as root, or allow ping (net.ipv4.ping_group_range)."
        ]
    return "\n".join([speeds, *told, _CAUSES[cause]])


def describe_report(report: Report) -> str:
    if report.left == 0:
        return f"Sent: {report.sent}."
    return f"Sent: {report.sent}. Kept to be sent later: {report.left}, since {report.reason}."


def _speed(half: Half | None) -> str:
    return "not measured" if half is None else f"{half.kbps / 1_000:.1f} Mbit/s"
