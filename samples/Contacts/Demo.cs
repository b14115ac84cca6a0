using FerrisDB;
using FerrisDB.Layers;

namespace Contacts;

/// <summary>People are entered, somebody moves, and the index follows.</summary>
public static class Demo
{
    /// <summary>Runs it.</summary>
    public static async Task RunAsync(Database database, TextWriter output)
    {
        var book = new ContactBook(new Subspace("contacts"));
        await database.RunAsync(async transaction =>
        {
            await book.SaveAsync(transaction, 1, new Contact("Ada", "London"));
            await book.SaveAsync(transaction, 2, new Contact("Grace", "New York"));
            await book.SaveAsync(transaction, 3, new Contact("Alan", "London"));
        });

        await database.RunAsync(transaction => book.SaveAsync(transaction, 3, new Contact("Alan", "Manchester")));

        using var now = database.TakeSnapshot();
        await foreach (var contact in book.InCityAsync(now, "London"))
            await output.WriteLineAsync($"in London: {contact.Name}");
        foreach (var (city, count) in await book.CountByCityAsync(now))
            await output.WriteLineAsync($"{city}: {count}");
    }
}
