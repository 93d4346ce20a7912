using Pressroom.Benchmarks;

// dotnet run -c Release --project tests/Pressroom.Benchmarks [-- quick] [start] [publish] [read] [mail] [comments] [spam]
// "quick" takes a small archive instead of the large one, to see that everything still works; a name runs that part alone.
var quick = args.Contains("quick");
Console.WriteLine(Machine.Describe());
var table = new FigureTable(Console.Out);

if (Wanted("start"))
{
    await StartBenchmark.RunAsync(table);
}

if (Wanted("publish"))
{
    await PublishBenchmark.RunAsync(table, small: 100, large: quick ? 1_000 : 50_000, publishes: quick ? 1_000 : 4_000);
}

if (Wanted("read"))
{
    await ReadBenchmark.RunAsync(table);
}

if (Wanted("mail"))
{
    await MailBenchmark.RunAsync(table, few: quick ? 1_000 : 10_000, many: quick ? 10_000 : 100_000);
}

if (Wanted("comments"))
{
    await CommentBenchmark.RunAsync(table, comments: quick ? 2_000 : 10_000);
}

if (Wanted("spam"))
{
    await SpamBenchmark.RunAsync(table, decisions: quick ? 1_000 : 5_000);
}

return 0;

bool Wanted(string part) => args.Contains(part) || args.All(argument => argument == "quick");
