using System.Diagnostics;
using System.Globalization;
using DevopsCd.Core.Access;

// What one question about rights costs: 10,000 bindings, a person in 50 groups, of which half are bound to something.
const int Bindings = 10_000, Groups = 50, Projects = 200, Rounds = 200_000;
var random = new Random(1);
var roles = new RoleBook(new AccessOptions());
var names = Roles.BuiltIn.Select(role => role.Name).ToArray();
var bindings = Enumerable.Range(0, Bindings).Select(i => new BoundRole(
    i % 2 == 0 ? $"user:person-{i}" : $"group:group-{i % 500}", names[random.Next(names.Length - 1)], i % 50 == 0 ? "*" : $"project-{random.Next(Projects)}",
        BindingSource.Database)).ToList();

var built = Stopwatch.StartNew();
var table = new BindingTable(roles, bindings, version: 1);
built.Stop();
var subject = Subject.User("person-42", [.. Enumerable.Range(0, Groups).Select(i => $"group-{i * 10 + 1}")]);
Tell("may X do Y in project P", Measure(i => table.Allows(subject, Permissions.All[i % Permissions.All.Count], $"project-{i % Projects}")));
Tell("where may X view", Measure(_ => table.Where(subject, Permissions.View).Projects.Count > 0, Rounds / 20));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"arranging {Bindings} bindings: {built.Elapsed.TotalMilliseconds:0.0} ms"));

static double[] Measure(Func<int, bool> question, int rounds = Rounds)
{
    var taken = new double[rounds];
    for (var pass = 0; pass < 2; pass++)
        for (var i = 0; i < rounds; i++)
        {
            var began = Stopwatch.GetTimestamp();
            question(i);
            taken[i] = Stopwatch.GetElapsedTime(began).TotalMicroseconds;
        }
    Array.Sort(taken);
    return taken;
}

static void Tell(string what, double[] taken) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{what}: p50 {taken[taken.Length / 2]:0.0} µs, p99 {taken[taken.Length * 99 / 100]:0.0} µs"));
