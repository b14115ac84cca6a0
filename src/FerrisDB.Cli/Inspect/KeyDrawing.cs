namespace FerrisDB.Cli;

/// <summary>Tells the history of a key: the way of a read, and every place where the key still lives.</summary>
internal static class KeyDrawing
{
    public static void Write(KeyHistoryJson history, TextWriter writer)
    {
        writer.WriteLine(
            $"{history.Key}: a read at version {Amounts.Count(history.Version)} "
            + $"{(history.Found ? "finds it" : "does not find it")} and reads "
            + $"{Amounts.Count(history.BlocksRead, "block")}");
        foreach (var (index, step) in history.Read.Index())
            writer.WriteLine($"  {index + 1}. {step.Place}: {step.Finding}");
        if (!history.Read.Any(step => step.Finding.EndsWith("the answer", StringComparison.Ordinal)))
            writer.WriteLine("  nothing is left to look at: the key is absent");
        writer.WriteLine();
        if (history.Places.Count == 0)
        {
            writer.WriteLine("It lives nowhere.");
            return;
        }
        var table = new TextTable("it lives in", "version", "as", "bytes", "content", "") { LeftColumns = { 2, 4, 5 } };
        foreach (var place in history.Places)
        {
            table.Add(
                place.Place, Amounts.Count(place.Version), place.Kind,
                place.Bytes is { } bytes ? Amounts.Count(bytes) : "",
                place.Text ?? "", place.IsVisible ? "<- what a read sees" : "");
        }
        table.WriteTo(writer);
    }
}
