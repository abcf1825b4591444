#!/usr/bin/env python3
"""Makes corpus/fuzz_dicom_{json,xml,charset}: small texts of every kind of value, written here by hand. Run by hand."""
import os

HERE = os.path.dirname(os.path.abspath(__file__))


def put(target, name, data):
    folder = os.path.join(HERE, "corpus", "fuzz_dicom_" + target)
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "wb") as f:
        f.write(data)


JSON = {
    "text": '{"00080005":{"vr":"CS","Value":["ISO_IR 192"]},"00080061":{"vr":"CS","Value":["CT",null,"MR"]},'
            '"00100010":{"vr":"PN","Value":[{"Alphabetic":"A^B","Ideographic":"\\u738b^\\ud83d\\ude00","Phonetic":"x"}]}}',
    "numbers": '{"00181063":{"vr":"DS","Value":[33.33,"1.5",-2e-3]},"00280009":{"vr":"AT","Value":["00181063"]},'
               '"00280010":{"vr":"US","Value":[512]},"00720074":{"vr":"FD","Value":["NaN",1e300]},'
               '"00720082":{"vr":"SV","Value":["-9223372036854775808"]},"00720076":{"vr":"FL","Value":[0.1]}}',
    "items": '[{"00081115":{"Value":[{"0020000E":{"Value":["1.2"],"vr":"UI"}},{},null],"vr":"SQ"}}]',
    "binary": '{"00020010":{"vr":"UI","Value":["1.2.840.10008.1.2.5"]},'
              '"7FE00010":{"vr":"OB","InlineBinary":"/v8A4AAAAAD+/wDgBAAAAAECAwQ="}}',
    "bulk": '{"7FE00010":{"vr":"OW","BulkDataURI":"a/%62.bin?x"},"00091002":{"vr":"UN","InlineBinary":"z0x9c8v7"}}',
    "empty": "{}",
}
XML = {
    "text": '<?xml version="1.0" encoding="UTF-8"?>\n<NativeDicomModel xml:space="preserve">\n<DicomAttribute tag="00100010" '
            'vr="PN" keyword="PatientName"><PersonName number="1"><Alphabetic><FamilyName>A&amp;</FamilyName><NameSuffix>'
            '&#x738b;</NameSuffix></Alphabetic></PersonName></DicomAttribute></NativeDicomModel>',
    "values": "<NativeDicomModel><DicomAttribute tag='00080061' vr='CS'><Value number='2'>MR</Value></DicomAttribute>"
              "<DicomAttribute tag='00090001' vr='LO' privateCreator='C'><Value number='1'><![CDATA[<]]></Value>"
              "</DicomAttribute><DicomAttribute tag='00280010' vr='US'><Value number='1'>5</Value></DicomAttribute>"
              "</NativeDicomModel>",
    "items": '<d:NativeDicomModel xmlns:d="x"><d:DicomAttribute tag="00081115" vr="SQ"><d:Item number="1"><d:DicomAttribute '
             'tag="0020000E" vr="UI"/></d:Item><d:Item number="2"/></d:DicomAttribute></d:NativeDicomModel><!-- x -->',
    "binary": '<NativeDicomModel><DicomAttribute tag="7FE00010" vr="OW"><InlineBinary>AQIDBA==</InlineBinary>'
              '</DicomAttribute><DicomAttribute tag="00091002" vr="UN"><BulkData uri="x"/></DicomAttribute>'
              '</NativeDicomModel>',
    "doctype": '<!DOCTYPE x [<!ENTITY a "b">]><NativeDicomModel>&a;</NativeDicomModel>',
}
CHARSETS = {
    "latin1": b"ISO_IR 100\nBuc^J\xe9r\xf4me", "greek": b"ISO_IR 126\n\xc4\xe9\xef\xed", "thai": b"ISO_IR 166\n\xa1\xa2",
    "h31": b"\\ISO 2022 IR 87\nYamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B",
    "h32": b"ISO 2022 IR 13\\ISO 2022 IR 87\n\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J",
    "i2": b"\\ISO 2022 IR 149\nHong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce", "k2": b"\\ISO 2022 IR 58\nZhang=\x1b$)A\xd5\xc5",
    "gb18030": b"GB18030\nWang=\xcd\xf5^\xd0\xa1", "utf8": "ISO_IR 192\nWang=王^😀".encode(),
    "mixed": b"ISO 2022 IR 100\\ISO 2022 IR 144\\ISO 2022 IR 87\\ISO 2022 IR 159\nJ\xe9\x1b-L\xbb\x1b$(D0\"\x1b(B",
}
for name, text in JSON.items():
    for options in (0, 2):
        put("json", "%s-%d" % (name, options), bytes([options]) + text.encode())
for name, text in XML.items():
    put("xml", name, b"\0" + text.encode())
for name, data in CHARSETS.items():
    put("charset", name, data)
