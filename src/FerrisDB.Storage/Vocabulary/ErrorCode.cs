namespace FerrisDB;

/// <summary>
/// What went wrong, where a caller can react to it. Numbers below 9000 are FoundationDB's and mean what they mean
/// there; numbers from 9000 on are FerrisDB's own.
/// </summary>
public enum ErrorCode
{
    /// <summary>An operation took longer than it may.</summary>
    TimedOut = 1004,

    /// <summary>The version asked for is older than what is retained. Read again at a newer version.</summary>
    TransactionTooOld = 1007,

    /// <summary>The version asked for has not been committed yet.</summary>
    FutureVersion = 1009,

    /// <summary>The transaction conflicts with one that committed first. Nothing was written: run it again.</summary>
    NotCommitted = 1020,

    /// <summary>
    /// Nobody knows whether the transaction was committed. Run it again only if doing it twice does no harm.
    /// </summary>
    CommitUnknownResult = 1021,

    /// <summary>The transaction was cancelled, reset or disposed.</summary>
    TransactionCancelled = 1025,

    /// <summary>A server could not be reached, or refused the connection. The message says why.</summary>
    ConnectionFailed = 1026,

    /// <summary>The transaction took longer than its timeout.</summary>
    TransactionTimedOut = 1031,

    /// <summary>More watches are outstanding than the database allows.</summary>
    TooManyWatches = 1032,

    /// <summary>A transaction that does not read its own writes cannot watch.</summary>
    WatchesDisabled = 1034,

    /// <summary>What was read depends on a versionstamp that only the commit knows.</summary>
    AccessedUnreadable = 1036,

    /// <summary>The storage server is behind. Try again.</summary>
    ProcessBehind = 1037,

    /// <summary>The database is locked by somebody else.</summary>
    DatabaseLocked = 1038,

    /// <summary>The cluster has changed its version. Run the transaction again.</summary>
    ClusterVersionChanged = 1039,

    /// <summary>Too much is waiting to be committed. Run the transaction again, later.</summary>
    CommitProxyMemoryLimitExceeded = 1042,

    /// <summary>Transactions of low priority must wait. Run it again, later.</summary>
    BatchTransactionThrottled = 1051,

    /// <summary>Too many transactions are waiting to begin. Run it again, later.</summary>
    GrvProxyMemoryLimitExceeded = 1078,

    /// <summary>A blob granule could not be read.</summary>
    BlobGranuleRequestFailed = 1079,

    /// <summary>What was asked for will never come: it was let go.</summary>
    BrokenPromise = 1100,

    /// <summary>The operation was cancelled.</summary>
    OperationCancelled = 1101,

    /// <summary>Transactions of this tag must wait. Run it again, later.</summary>
    TagThrottled = 1213,

    /// <summary>Transactions of this tag must wait. Run it again, later.</summary>
    ProxyTagThrottled = 1223,

    /// <summary>The disk failed. The outcome of a write that ends so is unknown; do not retry it blindly.</summary>
    IoError = 1510,

    /// <summary>A file or folder that must exist does not.</summary>
    FileNotFound = 1511,

    /// <summary>There is no cluster file where one was looked for.</summary>
    NoClusterFileFound = 1515,

    /// <summary>
    /// A file holds something else than what was written. The message names file, offset, expected and found.
    /// </summary>
    FileCorrupt = 1522,

    /// <summary>The call makes no sense as it is: the message says why.</summary>
    ClientInvalidOperation = 2000,

    /// <summary>The key lies beyond those that the transaction may touch.</summary>
    KeyOutsideLegalRange = 2004,

    /// <summary>The begin of a range lies behind its end.</summary>
    InvertedRange = 2005,

    /// <summary>An option has a value that it cannot have.</summary>
    InvalidOptionValue = 2006,

    /// <summary>There is no such option, or it is not allowed here.</summary>
    InvalidOption = 2007,

    /// <summary>The transaction has a read version already.</summary>
    ReadVersionAlreadySet = 2010,

    /// <summary>A version must be above zero.</summary>
    VersionInvalid = 2011,

    /// <summary>A limit of a range is negative.</summary>
    RangeLimitsInvalid = 2012,

    /// <summary>The result is not there yet.</summary>
    FutureNotSet = 2015,

    /// <summary>The transaction is being committed, or was: reset it or take another one.</summary>
    UsedDuringCommit = 2017,

    /// <summary>There is no such atomic operation.</summary>
    InvalidMutationType = 2018,

    /// <summary>A transaction that did not commit has no versionstamp.</summary>
    TransactionInvalidVersion = 2020,

    /// <summary>A transaction that wrote nothing has no versionstamp.</summary>
    NoCommitVersion = 2021,

    /// <summary>The transaction may only read.</summary>
    TransactionReadOnly = 2023,

    /// <summary>A mapper names a tuple element that is not there.</summary>
    MapperBadIndex = 2030,

    /// <summary>A mapped key does not exist.</summary>
    MapperNoSuchKey = 2031,

    /// <summary>A mapper has its {...} elsewhere than at its end.</summary>
    MapperBadRangeDescriptor = 2032,

    /// <summary>A mapped range has a secondary range that is too large.</summary>
    QuickGetKeyValuesHasMore = 2033,

    /// <summary>A mapped range touches what the transaction itself has written.</summary>
    GetMappedRangeReadsYourWrites = 2039,

    /// <summary>A key of a mapped range is no tuple.</summary>
    KeyNotTuple = 2041,

    /// <summary>A value of a mapped range is no tuple.</summary>
    ValueNotTuple = 2042,

    /// <summary>The mapper is no tuple.</summary>
    MapperNotTuple = 2043,

    /// <summary>The transaction writes and reads more than its size limit.</summary>
    TransactionTooLarge = 2101,

    /// <summary>The key is longer than <c>KeySizeLimitBytes</c> of the options.</summary>
    KeyTooLarge = 2102,

    /// <summary>The value is longer than <c>ValueSizeLimitBytes</c> of the options.</summary>
    ValueTooLarge = 2103,

    /// <summary>A cluster file or connection string is not of the form description:id@host:port.</summary>
    ConnectionStringInvalid = 2104,

    /// <summary>
    /// A certificate, a key or a list of authorities cannot be used, or says something else than it must. The message
    /// names the file.
    /// </summary>
    TlsError = 2107,

    /// <summary>This is not supported.</summary>
    UnsupportedOperation = 2108,

    /// <summary>A transaction has at most five tags.</summary>
    TooManyTags = 2109,

    /// <summary>A tag is too long.</summary>
    TagTooLong = 2110,

    /// <summary>A range of special keys may not cross from one module to another.</summary>
    SpecialKeysCrossModuleRead = 2112,

    /// <summary>There are no special keys there.</summary>
    SpecialKeysNoModuleFound = 2113,

    /// <summary>Special keys cannot be written without the option for it.</summary>
    SpecialKeysWriteDisabled = 2114,

    /// <summary>These special keys cannot be written.</summary>
    SpecialKeysNoWriteModuleFound = 2115,

    /// <summary>A clear of special keys may not cross from one module to another.</summary>
    SpecialKeysCrossModuleClear = 2116,

    /// <summary>A write to special keys was refused; `\xff\xff/error_message` says why.</summary>
    SpecialKeysApiFailure = 2117,

    /// <summary>Each transaction of this database must belong to a tenant, or have raw access.</summary>
    TenantNameRequired = 2130,

    /// <summary>There is no such tenant (any more).</summary>
    TenantNotFound = 2131,

    /// <summary>There is a tenant of that name already.</summary>
    TenantAlreadyExists = 2132,

    /// <summary>A tenant that has keys cannot be deleted.</summary>
    TenantNotEmpty = 2133,

    /// <summary>The name of a tenant may not begin with `\xff`.</summary>
    InvalidTenantName = 2134,

    /// <summary>There are keys already where those of the new tenant would be.</summary>
    TenantPrefixAllocatorConflict = 2135,

    /// <summary>Tenants are not enabled.</summary>
    TenantsDisabled = 2136,

    /// <summary>A transaction of a tenant cannot do this: it is about more than the tenant.</summary>
    IllegalTenantAccess = 2138,

    /// <summary>The mode does not go with the tenants that there are.</summary>
    InvalidTenantConfiguration = 2140,

    /// <summary>There are as many tenants as there can be.</summary>
    ClusterNoCapacity = 2141,

    /// <summary>The tenant was deleted while somebody waited for a change in it.</summary>
    TenantRemoved = 2142,

    /// <summary>Streaming mode exact needs a limit.</summary>
    ExactModeWithoutLimits = 2210,

    /// <summary>A tuple holds something of a type that it cannot hold, or bytes are no tuple.</summary>
    InvalidTupleDataType = 2250,

    /// <summary>A tuple has no element at that place.</summary>
    InvalidTupleIndex = 2251,

    /// <summary>The key does not belong to the subspace.</summary>
    KeyNotInSubspace = 2252,

    /// <summary>The directory layer does not allow prefixes of one's own choice.</summary>
    ManualPrefixesNotEnabled = 2253,

    /// <summary>A directory of one's own prefix cannot lie in a partition.</summary>
    PrefixInPartition = 2254,

    /// <summary>The root directory is not a directory to open.</summary>
    CannotOpenRootDirectory = 2255,

    /// <summary>The directory exists already.</summary>
    DirectoryAlreadyExists = 2256,

    /// <summary>The directory does not exist.</summary>
    DirectoryDoesNotExist = 2257,

    /// <summary>The parent of the directory does not exist.</summary>
    ParentDirectoryDoesNotExist = 2258,

    /// <summary>The directory was created for another layer.</summary>
    MismatchedLayer = 2259,

    /// <summary>What the directory layer has stored makes no sense.</summary>
    InvalidDirectoryLayerMetadata = 2260,

    /// <summary>A directory cannot be moved to another partition.</summary>
    CannotMoveDirectoryBetweenPartitions = 2261,

    /// <summary>A partition has no keys of its own: use a directory in it.</summary>
    CannotUsePartitionAsSubspace = 2262,

    /// <summary>The directories were written by a newer directory layer.</summary>
    IncompatibleDirectoryVersion = 2263,

    /// <summary>The prefix of one's own choice has keys already.</summary>
    DirectoryPrefixNotEmpty = 2264,

    /// <summary>The prefix belongs to another directory.</summary>
    DirectoryPrefixInUse = 2265,

    /// <summary>A directory cannot be moved there.</summary>
    InvalidDestinationDirectory = 2266,

    /// <summary>The root directory cannot be moved or removed.</summary>
    CannotModifyRootDirectory = 2267,

    /// <summary>A UUID has 16 bytes.</summary>
    InvalidUuidSize = 2268,

    /// <summary>A versionstamp in a tuple has 12 bytes.</summary>
    InvalidVersionstampSize = 2269,

    /// <summary>There is no such backup. The message says which there are.</summary>
    BackupDoesNotExist = 2319,

    /// <summary>No backup covers the version or the time. The message says what they cover.</summary>
    RestoreInvalidVersion = 2361,

    /// <summary>A restore goes to a folder that is empty or not there yet, and this one is neither.</summary>
    RestoreDestinationNotEmpty = 2370,

    /// <summary>
    /// The backups are encrypted with another key, or with one where none was given, or not at all; or a key file is
    /// none.
    /// </summary>
    InvalidEncryptionKeyFile = 2383,

    /// <summary>The access token does not allow this: by its role, or by the prefix that its keys have.</summary>
    PermissionDenied = 6000,

    /// <summary>A server did not accept the access token: it is missing, unknown, revoked, or over.</summary>
    AuthorizationTokenVerifyFailed = 6003,

    /// <summary>Another process (or another writer) has the folder open. The message names its process id.</summary>
    FolderLocked = 9001,

    /// <summary>The folder or file was written by a newer format version. The message names both numbers.</summary>
    FormatTooNew = 9002,

    /// <summary>The disk is full or nearly so; writes have stopped. Free space, then open again.</summary>
    DiskFull = 9003,

    /// <summary>
    /// A write or sync failed earlier; writes stay stopped until the folder is opened again. Reads go on.
    /// </summary>
    WritesStopped = 9004,

    /// <summary>The database was opened read-only.</summary>
    ReadOnly = 9005,
}
