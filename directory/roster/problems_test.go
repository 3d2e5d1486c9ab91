package roster_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"heraut/directory/roster"
)

func TestParseNamesEachBadLine(t *testing.T) {
	const (
		people  = "person_id,first_name,last_name,email_address,location_id\n"
		devices = "serial_number,name,platform,person_id,udid\n"
	)
	long := strings.Repeat("x", 301)
	cases := map[string]struct {
		file, text   string
		line, column int
		words        string
	}{
		"too few values":        {"students.csv", people + "p1,A\np2,B,C,,L1\n", 2, 1, "2 values, the header has 5"},
		"too many values":       {"students.csv", people + "p2,B,C,,L1\np1,A,B,C,D,E\n", 3, 1, "quotation marks"},
		"open quotes":           {"students.csv", people + "p1,\"A,B,,L1\np2,B,C,,L1\n", 2, 4, "not closed"},
		"open quotes, more":     {"students.csv", people + "p1,\"A,B,,L1\np2,\"B\",C,,L1\n", 2, 4, "not closed"},
		"open quotes at end":    {"students.csv", people + "p2,B,C,,L1\np1,A,B,,\"L1\n", 3, 9, "not closed"},
		"stray quotes":          {"students.csv", people + "p1,5\" A,B,,L1\np2,B,C,,L1\n", 2, 5, "backslash"},
		"text after quotes":     {"students.csv", people + "p1,é,\"A\" x,,L1\np2,B,C,,L1\n", 2, 10, "comma"},
		"backslash at the end":  {"students.csv", people + "p1,A,B,,L1\\\np2,B,C,,L1\n", 2, 11, "backslash"},
		"not UTF-8":             {"students.csv", people + "p1,Zo\xeb,B,,L1\np2,B,C,,L1\n", 2, 6, "UTF-8"},
		"NUL":                   {"students.csv", people + "p1,é\x00,B,,L1\np2,B,C,,L1\n", 2, 5, "NUL"},
		"control character":     {"students.csv", people + "p1,A\x07,B,,L1\np2,B,C,,L1\n", 2, 4, "control"},
		"no id":                 {"students.csv", people + ",A,B,,L1\np2,B,C,,L1\n", 2, 1, "person_id: Give an id"},
		"no name":               {"students.csv", people + "p1,,,,L1\np2,B,C,,L1\n", 2, 4, "first_name: Give a name"},
		"long name":             {"students.csv", people + "p1," + long + ",B,,L1\np2,B,C,,L1\n", 2, 4, "300"},
		"bad address":           {"students.csv", people + "p1,é,B,a@b@c,L1\np2,B,C,,L1\n", 2, 8, "email_address: Give an e-mail"},
		"same person":           {"students.csv", people + "p2,B,C,,L1\np2,A,B,,L1\n", 3, 1, "students.csv, line 2"},
		"after two-line value":  {"students.csv", people + "p2,\"B\nB\",C,,L1\np1,A,B,x,L1\n", 4, 8, "email_address"},
		"in two-line value":     {"students.csv", people + "p2,B,C,,L1\np1,\"A\nB\",B,x,L1\n", 4, 6, "email_address"},
		"endless line":          {"students.csv", people + strings.Repeat("x", 1<<20) + "\np2,B,C,,L1\n", 2, 1, "longer than 64 KB"},
		"unknown location":      {"students.csv", people + "p2,B,C,,L9\n", 2, 9, "no location \"L9\""},
		"unknown course":        {"classes.csv", "class_id,course_id\nk1,c9\n", 2, 4, "no course \"c9\""},
		"unknown class":         {"rosters.csv", "class_id,student_id\nk9,p2\n", 2, 1, "no class \"k9\""},
		"unknown student":       {"rosters.csv", "class_id,student_id\nk1,p9\n", 2, 4, "no person \"p9\""},
		"no student":            {"rosters.csv", "class_id,student_id\nk1,\n", 2, 4, "Give the id of a person"},
		"unknown person":        {"devices.csv", devices + "S1,x,ios,p9,\n", 2, 10, "no person \"p9\""},
		"unknown platform":      {"devices.csv", devices + "S1,x,android,,\n", 2, 6, "ios, ipados or macos"},
		"no serial number":      {"devices.csv", devices + ",x,ios,,\n", 2, 1, "serial_number"},
		"no device name":        {"devices.csv", devices + "S1,,ios,,\n", 2, 4, "name: Give a name"},
		"same serial number":    {"devices.csv", devices + "S1,x,ios,,\nS1,y,ios,,\n", 3, 1, "line 2"},
		"same UDID":             {"devices.csv", devices + "S1,x,ios,,U\nS2,y,ios,,U\n", 3, 11, "line 2"},
		"same location":         {"locations.csv", "location_id,location_name\nL1,A\nL2,C\nL1,B\n", 4, 1, "locations.csv, line 2"},
		"location without name": {"locations.csv", "location_id,location_name\nL1,A\nL2,B\nL3,\n", 4, 4, "location_name"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			fsys := with(c.file, c.text)
			if c.file == "students.csv" || c.file == "classes.csv" {
				delete(fsys, "rosters.csv") // what refers to the line has a test of its own
			}
			if c.file == "students.csv" {
				delete(fsys, "devices.csv")
			}
			got := parse(t, fsys)
			require.Len(t, got.Problems, 1, "%v", got.Problems)
			p := got.Problems[0]
			require.Equal(t, []any{c.file, c.line, c.column}, []any{p.File, p.Line, p.Column}, p.Message)
			require.Contains(t, p.Message, c.words)
			require.False(t, got.Complete())
			if c.file == "students.csv" {
				require.Contains(t, ids(got), "p2", "the good line is kept")
			}
		})
	}
}

func ids(r roster.Roster) []string {
	var found []string
	for _, p := range r.People {
		found = append(found, p.ExternalID)
	}
	return found
}

func TestParseSaysWhyAWholeFileCanNotBeRead(t *testing.T) {
	const good = "location_id,location_name\nL1,A\n"
	utf16 := func(order ...int) string {
		var b strings.Builder
		for _, c := range []byte(good) {
			b.WriteByte([]byte{c, 0}[order[0]])
			b.WriteByte([]byte{c, 0}[order[1]])
		}
		return b.String()
	}
	cases := map[string]struct{ text, words string }{
		"empty":                        {"", "empty"},
		"UTF-16, little":               {"\xff\xfe" + utf16(0, 1), "UTF-16"},
		"UTF-16, big":                  {"\xfe\xff" + utf16(1, 0), "UTF-16"},
		"UTF-16 without mark":          {utf16(0, 1), "UTF-16"},
		"semicolons":                   {strings.ReplaceAll(good, ",", ";"), "semicolons"},
		"semicolons, quoted, with BOM": {"\ufeff\"location_id\";\"location_name\"\n\"L1\";\"A\"\n", "semicolons"},
		"tabs":                         {strings.ReplaceAll(good, ",", "\t"), "tabs"},
		"old Mac":                      {strings.ReplaceAll(good, "\n", "\r"), "carriage return"},
		"spreadsheet":                  {"PK\x03\x04\x00\x00", "spreadsheet"},
		"header twice":                 {"location_id,location_name,Location_ID\nL1,A,L2\n", "stands twice"},
		"column missing":               {"location_id\nL1\n", "\"location_name\" is missing"},
		"endless header":               {strings.Repeat("location_id,", 1<<16), "longer than 64 KB"},
		"open quotes in header":        {"\"location_id,location_name\nL1,A\n", "not closed"},
		"header not UTF-8":             {"location_id,\xff\nL1,A\n", "UTF-8"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got := parse(t, with("locations.csv", c.text))
			require.Len(t, got.Problems, 1, "%v", got.Problems)
			require.Equal(t, "locations.csv", got.Problems[0].File)
			require.LessOrEqual(t, got.Problems[0].Line, 1)
			require.Contains(t, got.Problems[0].Message, c.words)
			require.Len(t, got.People, 3, "the other files are read")
		})
	}
}

func TestParseWarnsOfWhatItLeavesAside(t *testing.T) {
	fsys := with("staff.csv", "person_id,first_name,last_name,location_id,shoe_size\nt2,A,B,L1,43\n")
	fsys["pupils.csv"] = &fstest.MapFile{}
	fsys["readme.txt"] = &fstest.MapFile{}
	fsys[".DS_Store"] = &fstest.MapFile{}
	fsys["sub/students.csv"] = &fstest.MapFile{}
	got := parse(t, fsys)
	require.Empty(t, got.Problems)
	require.Equal(t, []roster.Problem{
		{File: "pupils.csv", Message: "The file is not part of a roster; it is left aside."},
		{File: "staff.csv", Line: 1, Column: 44, Message: "The column \"shoe_size\" is not known; it is left aside."},
		{File: "classes.csv", Line: 2, Column: 10, Message: "instructor_id: There is no person \"t1\"."},
	}, got.Warnings)
}

func TestParseFollowsARefusedLine(t *testing.T) {
	got := parse(t, with("students.csv", "person_id,first_name,last_name,email_address,location_id\np1,Zoë,Ünal,no address,L1\np2,Bram,de Vries,,L1\n"))
	var found []string
	for _, p := range got.Problems {
		found = append(found, p.File+" "+p.Message)
	}
	refused := `The person "p1" was refused: students.csv, line 2.`
	require.Equal(t, []string{
		"students.csv email_address: Give an e-mail address such as name@example.org.",
		"rosters.csv student_id: " + refused, "rosters.csv student_id: " + refused, "devices.csv person_id: " + refused,
	}, found)
}

func TestParseEndsTheListOfProblems(t *testing.T) {
	const head = "serial_number,name,platform\n"
	got := parse(t, with("devices.csv", head+strings.Repeat("x\n", roster.MaxProblems+5)))
	require.Len(t, got.Problems, roster.MaxProblems+1)
	require.Contains(t, got.Problems[roster.MaxProblems].Message, "not read")
}

func TestParseOfNothing(t *testing.T) {
	got := parse(t, fstest.MapFS{"readme.txt": {}})
	require.Len(t, got.Problems, 1)
	require.Contains(t, got.Problems[0].Message, "none of students.csv")
}
