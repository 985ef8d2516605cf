namespace RestrictedTee.Sdk;

/// <summary>
/// Objects (GPD_SPE_010 sections 5.5 and 5.6), in the shape of upstream's system calls (utee_cryp_obj_* in
/// lib/libutee/include/utee_syscalls.h): an object is a handle, and its attributes never leave the kernel unasked.
/// </summary>
internal interface IObjectServices
{
    /// <summary>utee_cryp_obj_alloc.</summary>
    /// <returns>NotSupported: no such type, or not of that size; OutOfMemory.</returns>
    TeeResult Allocate(ObjectType type, int maxSize, out uint handle);

    /// <summary>utee_cryp_obj_close: wipes it.</summary>
    TeeResult Close(uint handle);

    /// <summary>utee_cryp_obj_reset: wipes it and leaves the handle.</summary>
    TeeResult Reset(uint handle);

    /// <summary>utee_cryp_obj_populate, with attributes as <see cref="AttributeReader"/> reads them.</summary>
    /// <returns>BadParameters: the values are not of a key. Any other failure is a defect of the TA's.</returns>
    TeeResult Populate(uint handle, ReadOnlySpan<byte> attributes);

    /// <summary>utee_cryp_obj_copy.</summary>
    TeeResult Copy(uint destination, uint source);

    /// <summary>utee_cryp_obj_get_info.</summary>
    TeeResult GetInfo(uint handle, out TeeObjectInfo info);

    /// <summary>utee_cryp_obj_restrict_usage.</summary>
    TeeResult RestrictUsage(uint handle, KeyUsage usage);

    /// <summary>utee_cryp_obj_get_attr.</summary>
    TeeResult GetAttribute(uint handle, AttributeId attribute, Span<byte> value, out int size);

    /// <summary>utee_cryp_obj_generate_key, as <see cref="Populate"/>.</summary>
    TeeResult GenerateKey(uint handle, int size, ReadOnlySpan<byte> parameters);
}
