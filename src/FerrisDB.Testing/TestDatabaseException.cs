namespace FerrisDB.Testing;

/// <summary>An expectation of a test does not hold. Every test framework shows it as a failure.</summary>
public sealed class TestDatabaseException : Exception
{
    /// <summary>Creates one.</summary>
    public TestDatabaseException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
