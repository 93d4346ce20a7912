using Pressroom.Benchmarks;
using Pressroom.Benchmarks.Soak;

// dotnet run -c Release --project tests/Pressroom.Benchmarks [-- quick] [start] [publish] [read] [mail] [comments] [spam] [soak]
// "quick" takes a small archive instead of the large one, to see that everything still works; a name runs that part alone.
// "soak" runs only where it is named: ten minutes of mixed traffic, one with "quick"; 1 is returned where anything went wrong.
var quick = args.Contains("quick");
Console.WriteLine(Machine.Describe());
var parts = new (string Name, Func<FigureTable, Task> Run)[]
{
    ("start", StartBenchmark.RunAsync),
    ("publish", table => PublishBenchmark.RunAsync(table, small: 100, large: quick ? 1_000 : 50_000, publishes: quick ? 1_000 : 4_000)),
    ("read", ReadBenchmark.RunAsync),
    ("mail", table => MailBenchmark.RunAsync(table, few: quick ? 1_000 : 10_000, many: quick ? 10_000 : 100_000)),
    ("comments", table => CommentBenchmark.RunAsync(table, comments: quick ? 2_000 : 10_000)),
    ("spam", table => SpamBenchmark.RunAsync(table, decisions: quick ? 1_000 : 5_000)),
};

var wanted = parts.Where(part => args.Contains(part.Name) || args.All(argument => argument == "quick")).ToList();
if (wanted.Count > 0)
{
    var table = new FigureTable(Console.Out);
    foreach (var part in wanted)
    {
        await part.Run(table);
    }

    table.TellMissed();
}

var stood = !args.Contains("soak") || await SoakRun.RunAsync(TimeSpan.FromMinutes(quick ? 1 : 10), subscribers: quick ? 4_000 : 20_000);
return stood ? 0 : 1;
