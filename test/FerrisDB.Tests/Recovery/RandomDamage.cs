using FerrisDB.Storage;
using FerrisDB.TestKit;
using static FerrisDB.Tests.Recovery.SmallDatabase;

namespace FerrisDB.Tests.Recovery;

/// <summary>What can happen to a file.</summary>
internal static class RandomDamage
{
    /// <summary>Damages one file and says how.</summary>
    public static string Do(MemoryFileSystem disk, Random random)
    {
        var names = disk.List(Folder).Where(name => name != FileNames.Lock).ToList();
        var name = names[random.Next(names.Count)];
        var path = Path.Combine(Folder, name);
        var content = DamagedFile.Read(disk, path);
        var at = random.Next(content.Length);
        switch (random.Next(6))
        {
            case 0:
                disk.Delete(path);
                return $"{name} deleted";
            case 1:
                DamagedFile.Replace(disk, path, content.AsSpan(0, at));
                return $"{name} cut to {at} of {content.Length} bytes";
            case 2:
                content.AsSpan(at / 512 * 512, Math.Min(512, content.Length - (at / 512 * 512))).Clear();
                DamagedFile.Replace(disk, path, content);
                return $"{name}: sector at {at / 512 * 512} cleared";
            case 3:
                byte[] longer = [.. content, 1, 2, 3];
                DamagedFile.Replace(disk, path, longer);
                return $"{name} grown by 3 bytes";
            default:
                DamagedFile.Flip(disk, path, at);
                return $"{name}: bit at {at} of {content.Length} flipped";
        }
    }
}
