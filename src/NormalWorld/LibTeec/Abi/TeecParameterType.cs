namespace RestrictedTee.LibTeec.Abi;

/// <summary>What a parameter of an operation is (GPD_SPE_007 section 4.4.1); four bits each.</summary>
internal enum TeecParameterType
{
    None = 0x0,
    ValueInput = 0x1,
    ValueOutput = 0x2,
    ValueInOut = 0x3,
    TempInput = 0x5,
    TempOutput = 0x6,
    TempInOut = 0x7,
    Whole = 0xC,
    PartialInput = 0xD,
    PartialOutput = 0xE,
    PartialInOut = 0xF,
}
