namespace AccountGrid.Gateway.Validation;

/// <summary>Which page of a listing a request asks for.</summary>
/// <param name="Query">The listing and its filter; a page token is valid for one query only.</param>
/// <param name="Size">Entries on the page at most.</param>
/// <param name="Cursor">Where the page begins: a number or a name; 0 or empty for the first page.</param>
internal readonly record struct PageOrder<T>(string Query, int Size, T Cursor);
