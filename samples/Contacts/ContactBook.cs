using FerrisDB;
using FerrisDB.Layers;

namespace Contacts;

/// <summary>Contacts by number, and an index of them by city that can never disagree.</summary>
/// <remarks>
/// A row and its entry in the index are written in one transaction. The methods take the transaction, so that several
/// of them can be one change.
/// </remarks>
public sealed class ContactBook(Subspace book)
{
    private readonly Subspace _rows = book["row"];
    private readonly Subspace _byCity = book["city"];

    /// <summary>Adds a contact, or replaces the one of that number.</summary>
    public async ValueTask SaveAsync(Transaction transaction, long id, Contact contact)
    {
        await RemoveAsync(transaction, id);
        transaction.Set(_rows.Pack(id), TupleEncoding.Pack(contact.Name, contact.City));
        // All is in the key.
        transaction.Set(_byCity.Pack(contact.City, id), []);
    }

    /// <summary>Removes a contact, if it is there.</summary>
    public async ValueTask RemoveAsync(Transaction transaction, long id)
    {
        // Read, so that a change of the city at the same time is a conflict and not a dead entry.
        if (await FindAsync(transaction, id) is not { } old)
            return;
        transaction.Clear(_rows.Pack(id));
        transaction.Clear(_byCity.Pack(old.City, id));
    }

    /// <summary>The contact of a number, or null.</summary>
    public async ValueTask<Contact?> FindAsync(IReadTransaction reader, long id)
    {
        if (await reader.GetAsync(_rows.Pack(id)) is not { } row)
            return null;
        var (name, city) = TupleEncoding.Unpack<string, string>(row);
        return new Contact(name, city);
    }

    /// <summary>The contacts in a city, in the order of their numbers.</summary>
    public async IAsyncEnumerable<Contact> InCityAsync(IReadTransaction reader, string city)
    {
        await foreach (var entry in reader.GetRange(_byCity.Range(city)))
        {
            var (_, id) = _byCity.Unpack<string, long>(entry.Key.Span);
            // The index is never ahead of the rows: both are read at one version.
            yield return (await FindAsync(reader, id))!;
        }
    }

    /// <summary>The cities, and how many contacts live in each: from the index alone.</summary>
    public async ValueTask<IReadOnlyDictionary<string, int>> CountByCityAsync(IReadTransaction reader)
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        await foreach (var entry in reader.GetRange(_byCity.Range()))
        {
            var (city, _) = _byCity.Unpack<string, long>(entry.Key.Span);
            counts[city] = counts.GetValueOrDefault(city) + 1;
        }
        return counts;
    }
}
