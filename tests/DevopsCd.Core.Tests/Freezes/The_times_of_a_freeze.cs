using System.Globalization;
using DevopsCd.Contracts.Api;
using DevopsCd.Core.Freezes;

namespace DevopsCd.Core.Tests.Freezes;

/// <summary>Rules of RFC 5545 on the clock of a zone, with its summer time.</summary>
public sealed class The_times_of_a_freeze
{
    [Theory]
    [InlineData("FREQ=WEEKLY;BYDAY=FR", "2026-03-06T18:00", "60h", "Europe/Berlin", "2026-03-26T00:00Z",
        "2026-03-27T17:00Z/2026-03-30T04:00Z", "2026-04-03T16:00Z/2026-04-06T04:00Z")] // Over the change to summer time: Monday 06:00 all the same.
    [InlineData("FREQ=WEEKLY;BYDAY=FR", "2026-03-06T18:00", "60h", "Europe/Berlin", "2026-10-20T00:00Z",
        "2026-10-23T16:00Z/2026-10-26T05:00Z", "2026-10-30T17:00Z/2026-11-02T05:00Z")] // And back.
    [InlineData("FREQ=DAILY", "2026-03-28T02:30", "1h", "Europe/Berlin", "2026-03-28T00:00Z",
        "2026-03-28T01:30Z/2026-03-28T02:30Z", "2026-03-29T01:30Z/2026-03-29T02:30Z", "2026-03-30T00:30Z/2026-03-30T01:30Z")] // A clock that skips 02:30 shows 03:30.
    [InlineData("FREQ=DAILY", "2026-10-31T01:30", "2h", "America/New_York", "2026-10-31T00:00Z",
        "2026-10-31T05:30Z/2026-10-31T07:30Z", "2026-11-01T05:30Z/2026-11-01T07:30Z", "2026-11-02T06:30Z/2026-11-02T08:30Z")] // The first of two 01:30.
    [InlineData("FREQ=MONTHLY;BYDAY=-1FR", "2026-01-30T09:00", "8h", "Asia/Shanghai", "2026-02-01T00:00Z",
        "2026-02-27T01:00Z/2026-02-27T09:00Z", "2026-03-27T01:00Z/2026-03-27T09:00Z")]
    [InlineData("FREQ=YEARLY", "2024-12-24T00:00", "8d", "Australia/Lord_Howe", "2026-01-05T00:00Z",
        "2026-12-23T13:00Z/2026-12-31T13:00Z", "2027-12-23T13:00Z/2027-12-31T13:00Z")] // A zone whose summer time is half an hour.
    [InlineData("FREQ=WEEKLY;COUNT=2", "2026-01-01T00:00", "24h", "UTC", "2026-01-01T12:00Z",
        "2026-01-01T00:00Z/2026-01-02T00:00Z", "2026-01-08T00:00Z/2026-01-09T00:00Z")] // The present one is the first; two and no more.
    [InlineData("FREQ=DAILY;UNTIL=20260103T000000Z", "2026-01-01T00:00", "12h", "UTC", "2026-01-02T13:00Z", "2026-01-03T00:00Z/2026-01-03T12:00Z")]
    [InlineData("FREQ=DAILY;UNTIL=20260103T000000Z", "2026-01-01T00:00", "12h", "UTC", "2026-01-03T12:00Z")]
    public void Are_those_of_the_clock_in_its_zone(string rule, string start, string duration, string zone, string since, params string[] windows)
    {
        var body = new FreezeBody { Reason = "x", Rule = rule, Start = start, Duration = duration, Zone = zone };
        FreezeRules.Problems(body).ShouldBeEmpty();

        var found = FreezeRules.Schedule(body).Since(Time(since)).Take(rule.Contains("COUNT") || rule.Contains("UNTIL") ? 10 : windows.Length).ToList();

        found.Select(w => $"{Text(w.From)}/{Text(w.To)}").ShouldBe(windows);
        foreach (var window in found)
            (window.Contains(window.From), window.Contains(window.To)).ShouldBe((true, false), "the end is free");
    }

    [Fact]
    public void Are_found_at_once_after_many_years()
    {
        var body = new FreezeBody { Reason = "x", Rule = "FREQ=DAILY", Start = "2000-01-01T00:00", Duration = "1m", Zone = "Europe/Paris" };

        var found = FreezeRules.Schedule(body).Since(Time("2050-06-01T00:00Z")).First();

        Text(found.From).ShouldBe("2050-06-01T22:00Z");
    }

    [Theory]
    [InlineData("FREQ=HOURLY", "2026-01-01T00:00", "1h", "UTC", "rule")]
    [InlineData("FREQ=DAILY;BYHOUR=3", "2026-01-01T00:00", "1h", "UTC", "rule")]
    [InlineData("every Friday", "2026-01-01T00:00", "1h", "UTC", "rule")]
    [InlineData("", "2026-01-01T00:00", "1h", "UTC", "rule")]
    [InlineData("FREQ=DAILY;INTERVAL=0", "2026-01-01T00:00", "1h", "UTC", "rule")]
    [InlineData("FREQ=DAILY;COUNT=0", "2026-01-01T00:00", "1h", "UTC", "rule")]
    [InlineData("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01T00:00", "1h", "UTC", "rule")]
    [InlineData("FREQ=DAILY;UNTIL=20250101T000000Z", "2026-01-01T00:00", "1h", "UTC", "rule")]
    [InlineData("FREQ=DAILY", "2026-01-01T00:00Z", "1h", "UTC", "start")]
    [InlineData("FREQ=DAILY", "2026-02-30T00:00", "1h", "UTC", "start")]
    [InlineData("FREQ=DAILY", "2026-01-01T00:00", "1s", "UTC", "duration")]
    [InlineData("FREQ=DAILY", "2026-01-01T00:00", "400d", "UTC", "duration")]
    [InlineData("FREQ=DAILY", "2026-01-01T00:00", "1h", "Mars/Olympus", "zone")]
    [InlineData("FREQ=DAILY", "2026-01-01T00:00", "1h", null, "zone")]
    public void Are_refused_by_the_field_that_is_wrong(string rule, string start, string duration, string? zone, string field) =>
        FreezeRules.Problems(new FreezeBody { Reason = "x", Rule = rule, Start = start, Duration = duration, Zone = zone })
            .Select(p => p.Field).ShouldContain(field);

    [Fact]
    public void Are_one_time_or_a_rule()
    {
        var (from, to) = (Time("2026-01-01T00:00Z"), Time("2026-01-02T00:00Z"));

        FreezeRules.Problems(new FreezeBody { Reason = "x", From = from, To = to }).ShouldBeEmpty();
        Wrong(new FreezeBody { Reason = "x" }).ShouldBe(["from", "to"]);
        Wrong(new FreezeBody { Reason = "x", From = to, To = from }).ShouldBe(["to"]);
        Wrong(new FreezeBody { Reason = "x", From = from, To = to, Zone = "UTC" }).ShouldBe(["zone"]);
        Wrong(new FreezeBody { Reason = "x", From = from, Rule = "FREQ=DAILY", Start = "2026-01-01T00:00", Duration = "1h", Zone = "UTC" }).ShouldBe(["from"]);
        Wrong(new FreezeBody { Reason = " ", From = from, To = to, Projects = [], Stages = ["test"], Clusters = [""], InFlight = "stop" })
            .ShouldBe(["reason", "projects", "stages", "clusters", "inFlight"]);

        static IEnumerable<string> Wrong(FreezeBody body) => FreezeRules.Problems(body).Select(p => p.Field);
    }

    private static DateTimeOffset Time(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm'Z'", CultureInfo.InvariantCulture);
}
