"""Payloads as Giga Meter's clients send them, with the fields that people would rather not see kept."""

import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

SCHOOL = "5ff8f4cc-9f74-3f48-8cb1-e68e063a7c05"
OTHER_SCHOOL = "0a1b2c3d-0000-3000-8000-000000000002"
SECRETS = {
    "ip_address": "203.0.113.77",
    "windows_username": "amra.hodzic",
    "installed_path": "C:\\Users\\amra.hodzic\\AppData\\Giga",
    "ssid": "Kucna-mreza-Hodzic",
    "device_hardware_id": "4C4C4544-0042-3510-8051-B3C04F4D3332",
    "BrowserID": "4b47fc23-c962-465e-b1f6-7eb8ad810917",
    "hostname": "amra-laptop.example.ba",
    "city": "Kreka kod Tuzle",
    "annotation": "nastavnica Amra, kabinet 3",
}

TCP = {
    "State": 1, "CAState": 0, "Retransmits": 0, "Probes": 0, "Backoff": 0, "Options": 7, "WScale": 119,
    "AppLimited": 0, "RTO": 233000, "ATO": 0, "SndMSS": 1428, "RcvMSS": 536, "Unacked": 80, "Sacked": 0,
    "Lost": 0, "Retrans": 0, "Fackets": 0, "LastDataSent": 0, "LastAckSent": 0, "LastDataRecv": 9900,
    "LastAckRecv": 0, "PMTU": 1500, "RcvSsThresh": 64076, "RTT": 32500, "RTTVar": 1200, "SndSsThresh": 233,
    "SndCwnd": 212, "AdvMSS": 1448, "Reordering": 3, "RcvRTT": 0, "RcvSpace": 14480, "TotalRetrans": 12,
    "PacingRate": 7712000, "MaxPacingRate": -1, "BytesAcked": 31250000, "BytesReceived": 1200,
    "SegsOut": 22000, "SegsIn": 11000, "NotsentBytes": 0, "MinRTT": 31000, "DataSegsIn": 4,
    "DataSegsOut": 21990, "DeliveryRate": 3100000, "BusyTime": 9990000, "RWndLimited": 0, "SndBufLimited": 0,
    "Delivered": 21900, "DeliveredCE": 0, "BytesSent": 31400000, "BytesRetrans": 157000, "DSackDups": 0,
    "ReordSeen": 0, "RcvOooPack": 0, "SndWnd": 3000000, "ElapsedTime": 9995000,
}  # fmt: skip


def direction(mbps: float, test_uuid: str) -> dict[str, Any]:
    return {
        "LastClientMeasurement": {"ElapsedTime": 10.01, "NumBytes": 31250000, "MeanClientMbps": mbps},
        "LastServerMeasurement": {
            "ConnectionInfo": {
                "Client": f"{SECRETS['ip_address']}:50123", "Server": "192.0.2.1:443", "UUID": test_uuid
            },
            "BBRInfo": {"BW": 3100000, "MinRTT": 31000, "PacingGain": 256, "CwndGain": 512, "ElapsedTime": 9},
            "TCPInfo": TCP,
        },
    }  # fmt: skip


def measurement(
    at: datetime,
    *,
    school: str = SCHOOL,
    mbps: float = 25.0,
    random_with: random.Random | None = None,
    **other: Any,
) -> dict[str, Any]:
    number = uuid.UUID(int=random_with.getrandbits(128)) if random_with else uuid.uuid4()
    payload = {
        "UUID": str(number), "BrowserID": SECRETS["BrowserID"], "Timestamp": iso(at), "DeviceType": "windows",
        "Notes": "daily", "Download": mbps * 1000, "Upload": 5000.0, "Latency": 31,
        "DataDownloaded": 31250000, "DataUploaded": 6000000, "DataUsage": 37250000,
        "ClientInfo": {
            "IP": SECRETS["ip_address"], "ASN": "AS9146", "ISP": "BH Telecom",
            "Hostname": SECRETS["hostname"],
            "City": SECRETS["city"], "Region": "Tuzla", "Country": "BA", "Postal": "75000",
            "Latitude": 44.5384, "Longitude": 18.6671, "Timezone": "Europe/Sarajevo",
        },
        "ServerInfo": {"FQDN": "ndt-mlab1-beg01", "IPv4": "192.0.2.1", "IPv6": "", "City": "Belgrade",
                       "Country": "RS", "Site": "beg01", "Metro": "beg", "Label": "", "URL": ""},
        "Results": {"NDTResult.S2C": direction(mbps, str(number)), "NDTResult.C2S": direction(5.0, "up")},
        "giga_id_school": school, "school_id": "1234", "country_code": "BA",
        "ip_address": SECRETS["ip_address"], "app_version": "2.0.3", "source": "DailyCheckApp",
        "annotation": SECRETS["annotation"], "device_hardware_id": SECRETS["device_hardware_id"],
        "windows_username": SECRETS["windows_username"], "installed_path": SECRETS["installed_path"],
        "wifi_connections": [{"ssid": SECRETS["ssid"], "bssid": "aa:bb:cc:dd:ee:ff", "signal": 70}],
        "some_field_of_a_later_version": {"nested": [1, 2, 3]},
    }  # fmt: skip
    return payload | other


def check(at: datetime, **other: Any) -> dict[str, Any]:
    return {
        "timestamp": iso(at), "isConnected": True, "errorMessage": None, "giga_id_school": SCHOOL,
        "app_local_uuid": str(uuid.uuid4()), "browserId": SECRETS["BrowserID"], "latency": 69.2,
    } | other  # fmt: skip


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def week_of_checks(until: datetime, number: int) -> list[dict[str, Any]]:
    """As many looks for a connection, evenly over the seven days before ``until``."""
    step = timedelta(days=7) / number
    return [check(until - step * (number - index)) for index in range(number)]
