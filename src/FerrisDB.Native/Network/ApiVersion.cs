namespace FerrisDB.Native;

/// <summary>The versions that the program has selected: how functions behave, and how they are called.</summary>
internal static class ApiVersion
{
    /// <summary>The newest, and the only one that everything is the same in.</summary>
    public const int Newest = 730;

    /// <summary>What the program expects of behaviour.</summary>
    public static int Runtime { get; private set; } = Newest;

    /// <summary>Whose header the program was compiled with: some functions had other arguments.</summary>
    public static int Header { get; private set; } = Newest;

    public static void Select(int runtime, int header) => (Runtime, Header) = (runtime, header);
}
