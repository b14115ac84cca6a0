namespace FerrisDB.Tests.Transactions;

/// <summary>What was called and answered lately, for the message of a failure.</summary>
internal sealed class WriteDuringReadLog(string name)
{
    private const int ShownMax = 40;

    private readonly List<string> _events = [];

    public string Name => name;

    public void Add(int transaction, string what) => _events.Add($"{transaction}: {what}");

    public void Require(bool isTrue, string problem, HistoryTransaction transaction)
    {
        if (!isTrue)
            Assert.Fail(
                $"{name}: {problem}\n{transaction}\nafter\n    "
                + string.Join("\n    ", _events.TakeLast(ShownMax)));
    }
}
