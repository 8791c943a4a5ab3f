using DevopsCd.Contracts.Api;
using DevopsCd.Core.Access;
using DevopsCd.Core.Batches;
using DevopsCd.Core.Data;
using DevopsCd.Core.Tests.Engines;

namespace DevopsCd.Core.Tests.Approvals;

/// <summary>Random plays of votes, revocations, builds, pins, scans and time against a model of a few lines.</summary>
public sealed class Any_votes
{
    private const int Steps = 60;

    private static readonly string[] s_people = ["ann", "bob", "carol", "dora", "eve"];
    private static readonly string[] s_groups = ["x", "y"];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 16)];

    [Theory, MemberData(nameof(Seeds))]
    public async Task Come_to_what_the_model_says(int seed)
    {
        var random = new Random(seed);
        var model = new Model
        {
            Required = random.Next(1, 4),
            Groups = [.. s_groups.Where(_ => random.Next(2) == 0)],
            NotByAuthor = random.Next(2) == 0,
            Expiry = random.Next(2) == 0 ? TimeSpan.FromHours(24) : null,
            OnChange = ((string[])["keep", "hold", "void"])[random.Next(3)]
        };
        model.Required = Math.Max(model.Required, model.Groups.Count);
        await using var engine = await Engine.Start();
        await engine.SetPolicyAsync(new ApprovalPolicyBody
        {
            Required = model.Required,
            Groups = model.Groups.ToDictionary(g => g, _ => 1),
            NotByAuthor = model.NotByAuthor,
            ExpireAfter = model.Expiry is null ? null : "24h",
            OnChange = model.OnChange
        });
        var batch = await engine.Batch("api");
        model.Authors.Add("ann");
        var play = new List<string>();
        for (var step = 0; step < Steps; step++)
        {
            engine.Clock.Advance(TimeSpan.FromMinutes(random.Next(1, 90)));
            model.Now = engine.Now;
            play.Add(await Step(random, engine, batch, model));

            var told = $"seed {seed}: {model}\n{string.Join('\n', play)}";
            var (after, release, state) = (await engine.Find(batch.CorrelationId), await engine.Release(batch, "api"), (await engine.ApprovalAsync(batch))!);
            (after.Status, release.Build!.BuildNumber, release.PinnedBy is not null).ShouldBe((model.Status, $"{model.Build}", model.Pinned), told);
            if (model.Status == BatchStatus.PendingApproval)
                (state.Votes, state.Reached).ShouldBe((model.Counted().Count, false), told);
            after.Version.ShouldBe((await engine.Audit(batch)).Count(e => e.Outcome == EventOutcome.Accepted), told);
            if (model.Status == BatchStatus.Sealed)
                return;
        }
    }

    private static async Task<string> Step(Random random, Engine engine, Batch batch, Model model)
    {
        var person = s_people[random.Next(s_people.Length)];
        switch (random.Next(12))
        {
            case < 5:
                string[] groups = [.. s_groups.Where(_ => random.Next(2) == 0)];
                var vote = await engine.VoteAsync(batch, person, groups);
                vote.Outcome.ShouldBe(model.Vote(person, groups));
                return $"{person} of {string.Join('+', groups)} votes: {vote.Outcome}";
            case 5:
                await engine.Build("api", $"{++model.Latest}");
                model.Change(model.Follows ? model.Latest : model.Build);
                return $"build {model.Latest} arrives";
            case 6:
                var number = random.Next(1, model.Latest + 1);
                await engine.Do<ReleaseEditor>(c => c.ChangeAsync(batch.Id, "api", new ReleaseChange { BuildNumber = $"{number}" }, Precondition.None, person, default));
                model.Authors.Add(person);
                model.Pinned = true;
                model.Change(number);
                return $"{person} pins {number}";
            case 7:
                await engine.Do<ReleaseEditor>(c => c.ChangeAsync(batch.Id, "api", new ReleaseChange { BuildNumber = "" }, Precondition.None, person, default));
                model.Authors.Add(person);
                model.Pinned = false;
                model.Change(model.Latest);
                return $"{person} unpins";
            case 8:
                var revoked = await engine.Raise(batch, "revoke_approval", by: person, asker: Electorate.Person(person));
                revoked.Outcome.ShouldBe(model.Status == BatchStatus.Approved ? EventOutcome.Accepted : EventOutcome.Refused);
                if (model.Status == BatchStatus.Approved)
                    model.Revoke();
                return $"{person} revokes: {revoked.Outcome}";
            case 9:
                engine.Clock.Advance(TimeSpan.FromHours(random.Next(1, 30)));
                model.Now = engine.Now;
                return "hours pass";
            case 10:
                await engine.Scan();
                if (model.Expired)
                    model.Revoke();
                return "scan";
            default:
                var sealedNow = await engine.Raise(batch, "confirm_tag", by: person, asker: Electorate.Person(person));
                sealedNow.Outcome.ShouldBe(model.MaySeal ? EventOutcome.Accepted : EventOutcome.Refused, sealedNow.Reason);
                if (model.MaySeal)
                    model.Status = BatchStatus.Sealed;
                return $"{person} seals: {sealedNow.Outcome}";
        }
    }

    private sealed class Model
    {
        private readonly Dictionary<string, (int Build, DateTimeOffset At, string[] Groups)> _votes = [];

        private int _approved;

        public int Required { get; set; }

        public List<string> Groups { get; init; } = [];

        public bool NotByAuthor { get; init; }

        public TimeSpan? Expiry { get; init; }

        public string OnChange { get; init; } = "";

        public HashSet<string> Authors { get; } = [];

        public DateTimeOffset Now { get; set; }

        public string Status { get; set; } = BatchStatus.PendingApproval;

        public int Build { get; private set; } = 1;

        public int Latest { get; set; } = 1;

        public bool Pinned { get; set; }

        public bool Follows => !Pinned && !(Status == BatchStatus.Approved && OnChange == "hold");

        public bool Expired => Status == BatchStatus.Approved && !Reached([.. _votes.Where(v => v.Value.Build == _approved && !IsOver(v.Value.At)).Select(v => v.Value.Groups)]);

        public bool MaySeal => Status == BatchStatus.Approved && !Expired && (OnChange == "keep" || _approved == Build);

        public List<string[]> Counted() => [.. _votes.Where(v => v.Value.Build == Build && !IsOver(v.Value.At) && !(NotByAuthor && Authors.Contains(v.Key))).Select(v => v.Value.Groups)];

        public EventOutcome Vote(string person, string[] groups)
        {
            if (Status != BatchStatus.PendingApproval || (NotByAuthor && Authors.Contains(person)))
                return EventOutcome.Refused;
            _votes[person] = (Build, Now, groups);
            if (!Reached(Counted()))
                return EventOutcome.Noted;
            (Status, _approved) = (BatchStatus.Approved, Build);
            return EventOutcome.Accepted;
        }

        public void Change(int build)
        {
            Build = build;
            if (Status == BatchStatus.Approved && OnChange == "void" && Build != _approved)
                Revoke();
        }

        public void Revoke()
        {
            Status = BatchStatus.PendingApproval;
            _votes.Clear();
            if (!Pinned)
                Build = Latest;
        }

        public override string ToString() => $"{Required} of {string.Join('+', Groups)}, author {!NotByAuthor}, expiry {Expiry}, {OnChange}";

        private bool IsOver(DateTimeOffset at) => at + Expiry <= Now;

        /// <summary>One of each group at most, and as many as are required: with two groups, every way to seat them is written down.</summary>
        private bool Reached(List<string[]> votes) => votes.Count >= Required && Groups.Count switch
        {
            0 => true,
            1 => votes.Exists(v => v.Contains(Groups[0])),
            _ => votes.Where((one, i) => one.Contains(Groups[0]) && votes.Where((_, j) => j != i).Any(other => other.Contains(Groups[1]))).Any()
        };
    }
}
