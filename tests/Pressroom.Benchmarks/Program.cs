using Pressroom.Benchmarks;

// dotnet run -c Release --project tests/Pressroom.Benchmarks [-- quick]
// "quick" takes a small archive instead of the large one, to see that everything still works.
var quick = args.Contains("quick");
var table = new FigureTable();
Console.WriteLine(Machine.Describe());

await StartBenchmark.RunAsync(table);
await PublishBenchmark.RunAsync(table, small: 100, large: quick ? 1_000 : 50_000, publishes: quick ? 400 : 4_000);
await ReadBenchmark.RunAsync(table);

table.Print(Console.Out);
return 0;
