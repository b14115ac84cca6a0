using FerrisDB.Storage;
using FerrisDB.Testing;

namespace FerrisDB.Tests.Files;

public sealed class CrashableFileSystemContractTests : FileSystemContract
{
    private protected override IFileSystem OpenDisk() => new CrashableFileSystem();
}
