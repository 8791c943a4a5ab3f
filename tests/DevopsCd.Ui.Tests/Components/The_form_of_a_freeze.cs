using System.Text.Json;
using DevopsCd.Contracts.Api;
using DevopsCd.Host.Ui.Controls;
using DevopsCd.Host.Ui.Freezes;
using DevopsCd.Host.Ui.Texts;

namespace DevopsCd.Ui.Tests.Components;

public sealed class The_form_of_a_freeze
{
    private static readonly ReaderClock s_berlin = new(new TextTable(Language.English), TimeProvider.System, "Europe/Berlin");

    [Fact]
    public void Gives_back_one_time_that_it_was_filled_with()
    {
        var freeze = new FreezeBody
        {
            Reason = "books",
            Projects = ["shop"],
            Stages = ["prod"],
            Clusters = ["eu", "us"],
            From = new(2026, 12, 24, 0, 0, 0, TimeSpan.FromHours(1)),
            To = new(2027, 1, 2, 0, 0, 0, TimeSpan.FromHours(1)),
            InFlight = "pause"
        };

        Text(FreezeForm.Of(View(freeze), s_berlin).ToBody(s_berlin)).ShouldBe(Text(freeze));
    }

    [Fact]
    public void Gives_back_a_rule_that_it_was_filled_with()
    {
        var freeze = new FreezeBody { Reason = "weekend", Rule = "FREQ=WEEKLY;BYDAY=FR", Start = "2026-12-04T18:00", Duration = "60h", Zone = "Europe/Berlin" };

        Text(FreezeForm.Of(View(freeze), s_berlin).ToBody(s_berlin)).ShouldBe(Text(freeze));
    }

    [Fact]
    public void Leaves_out_a_time_that_the_readers_clock_skips()
    {
        var form = FreezeForm.New(s_berlin);
        (form.From, form.To) = (new DateTime(2027, 3, 28, 2, 30, 0), new DateTime(2027, 3, 28, 4, 0, 0));

        var body = form.ToBody(s_berlin);

        body.From.ShouldBeNull();
        body.To.ShouldBe(new DateTimeOffset(2027, 3, 28, 2, 0, 0, TimeSpan.Zero));
    }

    private static string Text(FreezeBody freeze) => JsonSerializer.Serialize(freeze);

    private static FreezeView View(FreezeBody freeze) => new()
    {
        Name = "f",
        Freeze = freeze,
        Active = false,
        Windows = [],
        UpdatedBy = "user:ann",
        UpdatedAt = DateTimeOffset.UnixEpoch
    };
}
