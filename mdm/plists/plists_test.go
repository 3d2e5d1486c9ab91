package plists_test

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/micromdm/plist"
	"github.com/stretchr/testify/require"

	"heraut/mdm/plists"
)

const (
	header  = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"
	apple   = `<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">` + "\n"
	message = `<plist version="1.0"><dict><key>Status</key><string>Idle</string></dict></plist>`
)

func nested(levels int) string {
	return "<plist>" + strings.Repeat("<array>", levels) + strings.Repeat("</array>", levels) + "</plist>"
}

func TestCheck(t *testing.T) {
	for name, c := range map[string]struct {
		raw string
		ok  bool
	}{
		"as devices write":        {header + apple + message + "\n", true},
		"without document type":   {header + message, true},
		"without declaration":     {message, true},
		"comments":                {header + apple + "<!-- a --><plist><dict><!-- b --></dict></plist>", true},
		"old name of Apple":       {header + strings.Replace(apple, "Apple//", "Apple Computer//", 1) + message, true},
		"nested as is reasonable": {nested(20), true},

		"nothing":             {"", false},
		"spaces":              {" \n", false},
		"no plist":            {"<html></html>", false},
		"text":                {"Status=Idle", false},
		"cut":                 {header + apple + message[:len(message)-4], false},
		"two roots":           {message + message, false},
		"text behind":         {message + "x", false},
		"NUL":                 {strings.Replace(message, "Idle", "Id\x00le", 1), false},
		"not UTF-8":           {strings.Replace(message, "Idle", "Id\xffle", 1), false},
		"other encoding":      {strings.Replace(header, "UTF-8", "UTF-16", 1) + message, false},
		"other document type": {header + `<!DOCTYPE plist SYSTEM "http://example.org/plist.dtd">` + message, false},
		"local file as type":  {header + `<!DOCTYPE plist SYSTEM "file:///etc/passwd">` + message, false},
		"entity": {
			header + `<!DOCTYPE plist [<!ENTITY a "b">]><plist><dict><key>Status</key><string>&a;</string></dict></plist>`, false,
		},
		"subset behind Apple's type": {
			header + strings.Replace(apple, `dtd">`, `dtd" [<!ENTITY a "b">]>`, 1) + message, false,
		},
		"two document types":     {header + apple + apple + message, false},
		"document type inside":   {header + "<plist>" + apple + "<dict></dict></plist>", false},
		"entity of nobody":       {strings.Replace(message, "Idle", "&a;", 1), false},
		"processing instruction": {header + `<?php echo 1 ?>` + message, false},
		"100,000 levels":         {nested(100_000), false},
		"33 levels":              {nested(32), false},
		"many elements":          {"<plist><array>" + strings.Repeat("<true/>", 200_000) + "</array></plist>", false},
		"large":                  {"<plist><string>" + strings.Repeat("a", 4<<20) + "</string></plist>", true},
		"binary":                 {string(pointsAtItself()), false},
	} {
		t.Run(name, func(t *testing.T) {
			err := plists.Check([]byte(c.raw))
			if c.ok {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, plists.ErrRefused)
		})
	}
}

// pointsAtItself is a binary property list: an array whose only element is
// that array.
func pointsAtItself() []byte {
	raw := append([]byte("bplist00"), 0xA1, 0x00) // object 0: an array of one, object 0
	table := uint64(len(raw))
	raw = append(raw, 8) // object 0 is at offset 8
	trailer := make([]byte, 32)
	trailer[6], trailer[7] = 1, 1
	binary.BigEndian.PutUint64(trailer[8:], 1)
	binary.BigEndian.PutUint64(trailer[24:], table)
	return append(raw, trailer...)
}

func TestDecode(t *testing.T) {
	var got struct{ Status string }
	require.NoError(t, plists.Decode([]byte(header+apple+message), &got))
	require.Equal(t, "Idle", got.Status)
}

func TestDecodeDoesNotRepeatTheContent(t *testing.T) {
	const secret = "magic-words"
	var got struct{ Status []byte }
	err := plists.Decode([]byte("<plist><dict><key>Status</key><string>"+secret+"</string></dict></plist>"), &got)
	require.ErrorIs(t, err, plists.ErrRefused)
	require.NotContains(t, err.Error(), secret)
}

func TestWhatWeWriteCanBeRead(t *testing.T) {
	raw, err := plist.MarshalIndent(map[string]any{"a": []any{"<b> & \"c\"", uint64(1), true}}, "\t")
	require.NoError(t, err)
	require.NoError(t, plists.Check(raw))
}
