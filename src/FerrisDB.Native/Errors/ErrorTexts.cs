using System.Globalization;
using System.Runtime.InteropServices;

namespace FerrisDB.Native;

/// <summary>What error codes mean, in a line each that lives as long as the process.</summary>
internal static class ErrorTexts
{
    private const string Table = """
        0 Success
        1000 The operation failed
        1004 The operation took too long
        1007 The transaction is older than what is kept to read; run it again
        1009 The read version has not been committed yet
        1020 The transaction conflicts with one that committed first; nothing was written
        1021 Nobody knows whether the transaction was committed
        1022 Nobody knows whether the transaction was committed, and it cannot be found out any more
        1025 The transaction was cancelled, reset or destroyed
        1026 The connection failed
        1029 The watch was dropped
        1031 The transaction took longer than its timeout
        1032 Too many watches are waiting
        1033 Where the data is cannot be told
        1034 A transaction that does not read its own writes cannot watch
        1036 What was read depends on the versionstamp of this very transaction
        1037 The storage is behind; try again
        1038 The database is locked by somebody else
        1039 The cluster has changed its version
        1040 That client library is loaded already
        1042 Too much is waiting to be committed; try again later
        1043 The process is shutting down
        1051 Transactions of low priority must wait; try again later
        1078 Too many transactions are waiting to begin; try again later
        1079 A blob granule could not be read
        1100 What was waited for will never come
        1101 The operation was cancelled
        1102 The memory of the future was released
        1213 Transactions of this tag must wait; try again later
        1223 Transactions of this tag must wait; try again later
        1225 The storage quota is used up
        1500 The platform failed
        1501 There is not enough memory
        1510 The disk failed; the outcome of a write is unknown
        1511 A file or folder that must exist does not
        1512 An address could not be bound
        1513 A file cannot be read
        1514 A file cannot be written
        1515 There is no cluster file: name one, set FDB_CLUSTER_FILE, or write ./fdb.cluster
        1516 A file is too large
        1520 A checksum does not match
        1521 The disk took too long
        1522 A file of the database is damaged; ferrisdb verify names the place
        2000 The call makes no sense as it is
        2002 The commit has a read that did not end
        2004 The key lies beyond those that may be used
        2005 A range begins behind its end
        2006 An option has a value that it cannot have
        2007 There is no such option, or it is not allowed here
        2008 The network is not set up
        2009 The network is set up already
        2010 The transaction has a read version already
        2011 A version must be above zero
        2012 A limit of a range is negative
        2013 The name of the database must be DB
        2015 The future is not ready
        2016 The future has no error
        2017 The transaction is being committed, or has been
        2018 There is no such atomic operation
        2020 A transaction that was not committed has no versionstamp
        2021 A transaction that wrote nothing has no versionstamp
        2022 An environment variable FDB_NETWORK_OPTION_... has a wrong value
        2023 The transaction may only read
        2025 The network cannot run a second time
        2026 The network thread cannot wait for itself
        2030 A mapper names a tuple element that is not there
        2031 A mapped key does not exist
        2032 A mapper has its {...} elsewhere than at its end
        2033 A row of a mapped range leads to too much
        2034 A mapped value is elsewhere
        2035 A mapped range is elsewhere
        2036 Blob granules are read without own writes
        2037 A blob granule is not there
        2038 A mapped range has more
        2039 A mapped range touches what the transaction has written
        2041 A key of a mapped range is no tuple
        2042 A value of a mapped range is no tuple
        2043 The mapper is no tuple
        2100 The protocols are incompatible
        2101 The transaction is larger than its limit
        2102 The key is longer than allowed
        2103 The value is longer than allowed
        2104 The cluster file or connection string cannot be understood
        2105 The address is in use
        2106 The local address is wrong
        2107 TLS failed
        2108 This is not supported
        2109 The transaction has too many tags
        2110 The tag is too long
        2112 A range of special keys crosses from one module to another
        2113 There are no special keys there
        2114 Special keys cannot be written without the option for it
        2115 These special keys cannot be written
        2116 A clear of special keys crosses from one module to another
        2117 A write of special keys was refused
        2123 The local client is disabled, and there is no other
        2124 All other clients failed
        2125 No client speaks the protocol of the cluster
        2130 A tenant must be named
        2131 There is no such tenant
        2132 The tenant exists already
        2133 The tenant is not empty
        2134 A tenant cannot have that name
        2135 The prefix of the tenant is in use
        2136 Tenants are not enabled
        2138 The key lies outside the tenant
        2139 A group of tenants cannot have that name
        2140 The tenant is configured wrongly
        2141 The cluster is full
        2142 The tenant was removed
        2143 The tenant is in a state that does not allow this
        2144 The tenant is locked
        2200 Select an API version first
        2201 The API version was selected already
        2202 The API version is newer than the header
        2203 The API version is not supported
        2204 A function is missing in this API version
        2210 Streaming mode exact needs a limit
        2250 A tuple has something that it cannot have
        2251 A tuple has no such element
        2252 The key does not belong to the subspace
        2253 Prefixes of one's own choice are not enabled
        2254 A directory of one's own prefix cannot lie in a partition
        2255 The root directory cannot be opened
        2256 The directory exists already
        2257 The directory does not exist
        2258 The parent directory does not exist
        2259 The directory belongs to another layer
        2260 What the directory layer has stored makes no sense
        2261 A directory cannot be moved to another partition
        2262 A partition has no keys of its own
        2263 The directories are of a newer version
        2264 The prefix has keys already
        2265 The prefix is in use
        2266 A directory cannot be moved there
        2267 The root directory cannot be changed
        2268 A UUID has 16 bytes
        2269 A versionstamp has 12 bytes
        2319 There is no such backup
        2361 No backup covers the version or the time
        2370 The place to restore to is not empty
        2383 The key of the encryption is wrong or missing
        2400 A key that must exist does not
        2505 That program may not take snapshots
        2509 The id of a snapshot has 32 hexadecimal digits
        4000 Something unknown went wrong
        4100 Something impossible happened: a bug of the library
        4200 This is not implemented
        6000 That is not allowed
        6001 That client is not known
        6003 The token is wrong
        9001 The folder of the database is open in another process
        9002 The database was written by a newer version
        9003 The disk is full; writes have stopped
        9004 A write failed earlier; writes have stopped until the database is opened again
        9005 The database is open to read only
        """;

    private const int Unknown = -1;
    private const int CodeMax = 30_000;

    private static readonly Dictionary<int, nint> Texts = Load();

    /// <summary>The text of a code, which ends with a zero byte; one for those that mean nothing.</summary>
    public static nint Of(int code) =>
        code is < 0 or > CodeMax ? Texts[NativeErrors.UnknownError]
        : Texts.TryGetValue(code, out var text) ? text
        : Texts[Unknown];

    /// <summary>All codes that have a text.</summary>
    internal static IEnumerable<int> Codes => Texts.Keys.Where(code => code != Unknown);

    private static Dictionary<int, nint> Load()
    {
        var texts = new Dictionary<int, nint> { [Unknown] = Marshal.StringToCoTaskMemUTF8("UNKNOWN_ERROR") };
        foreach (var line in Table.AsSpan().EnumerateLines())
        {
            var space = line.IndexOf(' ');
            texts.Add(
                int.Parse(line[..space], CultureInfo.InvariantCulture),
                Marshal.StringToCoTaskMemUTF8(line[(space + 1)..].ToString()));
        }
        return texts;
    }
}
