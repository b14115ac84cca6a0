namespace FerrisDB.Native;

/// <summary>A program asks for a database that cannot be found.</summary>
internal sealed class PlaceException(int error) : Exception
{
    /// <summary>The code that the program gets.</summary>
    public int Error { get; } = error;
}
