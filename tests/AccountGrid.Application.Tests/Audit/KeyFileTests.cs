using System.Security.Cryptography;
using AccountGrid.KeyFiles;

namespace AccountGrid.Application.Tests.Audit;

public sealed class KeyFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("accountgrid-key-");

    private string FilePath => Path.Combine(_folder.FullName, "key.pem");

    [Fact]
    public void A_new_key_is_P256_in_PKCS8_and_only_its_owner_may_read_it()
    {
        using var key = KeyFile.OpenOrCreate(FilePath);

        Assert.Equal(256, key.KeySize);
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", File.ReadAllText(FilePath), StringComparison.Ordinal);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(FilePath));
        }

        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public void An_existing_key_is_used_again()
    {
        using var first = KeyFile.OpenOrCreate(FilePath);
        using var again = KeyFile.OpenOrCreate(FilePath);
        using var opened = KeyFile.Open(FilePath);

        Assert.Equal(CheckpointKeys.IdOf(first), CheckpointKeys.IdOf(again));
        Assert.Equal(CheckpointKeys.IdOf(first), CheckpointKeys.IdOf(opened));
    }

    [Fact]
    public async Task Of_many_that_start_at_once_all_get_one_key()
    {
        var ids = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() =>
        {
            using var key = KeyFile.OpenOrCreate(FilePath);
            return CheckpointKeys.IdOf(key);
        })));

        Assert.Single(ids.Distinct());
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public void A_key_that_others_may_read_is_refused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no Unix file modes.");
        KeyFile.OpenOrCreate(FilePath).Dispose();
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        }

        Assert.Contains("0600", Assert.Throws<InvalidDataException>(() => KeyFile.OpenOrCreate(FilePath)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_a_key_is_followed_and_its_mode_counts()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no Unix file modes.");
        var target = Path.Combine(_folder.FullName, "elsewhere.pem");
        File.CreateSymbolicLink(FilePath, target);
        using var key = KeyFile.OpenOrCreate(target);
        using var linked = KeyFile.OpenOrCreate(FilePath);

        Assert.Equal(CheckpointKeys.IdOf(key), CheckpointKeys.IdOf(linked));
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(target, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        }

        Assert.Contains("0600", Assert.Throws<InvalidDataException>(() => KeyFile.OpenOrCreate(FilePath)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_link_to_no_file_is_refused_and_no_key_is_created()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "A link needs a privilege on Windows.");
        var target = Path.Combine(_folder.FullName, "gone.pem");
        File.CreateSymbolicLink(FilePath, target);

        var message = Assert.Throws<InvalidDataException>(() => KeyFile.OpenOrCreate(FilePath)).Message;

        Assert.Equal($"{FilePath} is a link to {target}, which does not exist.", message);
        Assert.Equal([FilePath], Directory.GetFileSystemEntries(_folder.FullName));
    }

    [Theory]
    [InlineData("nothing"), InlineData("garbage"), InlineData("another curve"), InlineData(
        "the public half"), InlineData("RSA"), InlineData("too much")]
    public void A_file_without_a_P256_private_key_is_refused_and_nothing_of_it_is_told(string what)
    {
        using var p256 = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var p384 = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using var rsa = RSA.Create(2048);
        Write(what switch
        {
            "nothing" => "",
            "garbage" => "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n",
            "another curve" => p384.ExportPkcs8PrivateKeyPem(),
            "the public half" => p256.ExportSubjectPublicKeyInfoPem(),
            "RSA" => rsa.ExportPkcs8PrivateKeyPem(),
            _ => p256.ExportPkcs8PrivateKeyPem() + new string(' ', 20_000),
        });

        var message = Assert.Throws<InvalidDataException>(() => KeyFile.Open(FilePath)).Message;

        Assert.Contains(FilePath, message, StringComparison.Ordinal);
        Assert.DoesNotContain("BEGIN", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_an_error_of_its_own()
    {
        Assert.Throws<DirectoryNotFoundException>(
            () => KeyFile.OpenOrCreate(Path.Combine(_folder.FullName, "no", "key.pem")));
    }

    [Fact]
    public void A_keys_id_is_the_beginning_of_the_hash_of_its_public_half()
    {
        using var key = KeyFile.OpenOrCreate(FilePath);

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(key.ExportSubjectPublicKeyInfo()))[..16],
            CheckpointKeys.IdOf(key));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private void Write(string text)
    {
        File.WriteAllText(FilePath, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(FilePath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }
}
