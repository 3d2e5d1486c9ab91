package roster_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"heraut/directory/roster"
	"heraut/people"
)

// school is a small roster without a fault.
func school() fstest.MapFS {
	return files(map[string]string{
		"locations.csv": "location_id,location_name\nL1,De Linde\nL2,Het Kompas\n",
		"students.csv": "person_id,first_name,middle_name,last_name,email_address,location_id,location_id_2\n" +
			"p1,Zoë,,Ünal,zoe@school.example,L1,L2\np2,Bram,de,Vries,,L1,\n",
		"staff.csv":   "person_id,first_name,last_name,location_id\nt1,Anna,Smit,L1\n",
		"courses.csv": "course_id,course_number,course_name,location_id\nc1,NL4,Nederlands,L1\nc2,REK,,L1\nc3,,,L1\n",
		"classes.csv": "class_id,class_number,course_id,instructor_id,instructor_id_2,location_id\nk1,4A,c1,t1,,L1\nk2,4B,c2,,,L1\nk3,4C,c3,,,L1\n",
		"rosters.csv": "roster_id,class_id,student_id\nr1,k1,p2\nr2,k1,p1\nr3,k3,p1\n",
		"devices.csv": "serial_number,name,platform,person_id,udid\nS1,iPad van Zoë,iPadOS,p1,U1\nS2,Kar,Mac,,\n",
	})
}

func files(contents map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range contents {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func with(name, text string) fstest.MapFS {
	fsys := school()
	fsys[name] = &fstest.MapFile{Data: []byte(text)}
	return fsys
}

func parse(t *testing.T, fsys fstest.MapFS) roster.Roster {
	t.Helper()
	got, err := roster.Parse(t.Context(), fsys)
	require.NoError(t, err)
	return got
}

func TestParse(t *testing.T) {
	got := parse(t, school())
	require.Equal(t, roster.Roster{Roster: people.Roster{
		People: []people.RosterPerson{
			{ExternalID: "p1", FullName: "Zoë Ünal", Email: "zoe@school.example"},
			{ExternalID: "p2", FullName: "Bram de Vries"},
			{ExternalID: "t1", FullName: "Anna Smit"},
		},
		Groups: []people.RosterGroup{
			{ExternalID: "location:L1", Name: "De Linde", MemberIDs: []string{"p1", "p2", "t1"}},
			{ExternalID: "location:L2", Name: "Het Kompas", MemberIDs: []string{"p1"}},
			{ExternalID: "class:k1", Name: "Nederlands 4A", MemberIDs: []string{"p1", "p2"}},
			{ExternalID: "class:k2", Name: "REK 4B"},
			{ExternalID: "class:k3", Name: "4C", MemberIDs: []string{"p1"}},
		},
		Devices: []people.RosterDevice{
			{SerialNumber: "S1", UDID: "U1", Name: "iPad van Zoë", Platform: people.IPadOS, PersonID: "p1"},
			{SerialNumber: "S2", Name: "Kar", Platform: people.MacOS},
		},
	}, SeatsRead: true}, got)
	require.True(t, got.Complete())
	require.True(t, got.Seated())

	without := school()
	delete(without, "rosters.csv")
	got = parse(t, without)
	require.True(t, got.Complete())
	require.False(t, got.Seated(), "nobody knows who sits where")
}

func TestParseTakesEachWayToWriteAFile(t *testing.T) {
	const plain = "location_id,location_name\nL1,De Linde\nL2,Het Kompas\n"
	cases := map[string]string{
		"byte order mark":       "\ufeff" + plain,
		"Windows line ends":     "location_id,location_name\r\nL1,De Linde\r\nL2,Het Kompas\r\n",
		"no last line end":      "location_id,location_name\nL1,De Linde\nL2,Het Kompas",
		"columns turned":        "location_name,location_id\nDe Linde,L1\nHet Kompas,L2\n",
		"header in capitals":    " LOCATION_ID , Location_Name \nL1,De Linde\nL2,Het Kompas\n",
		"header in quotes":      "\"location_id\",\"location_name\"\nL1,De Linde\nL2,Het Kompas\n",
		"values in quotes":      "location_id,location_name\n\"L1\",\"De Linde\"\n\"L2\",\"Het Kompas\"\n",
		"blanks around values":  "location_id,location_name\n L1 , De  Linde \nL2 , \"Het Kompas\" \n",
		"empty lines":           "location_id,location_name\n\nL1,De Linde\n  \r\n\nL2,Het Kompas\n\n",
		"empty values at ends":  "location_id,location_name,,\nL1,De Linde,,\nL2,Het Kompas,,,\n",
		"line break in quotes":  "location_id,location_name\nL1,\"De\nLinde\"\nL2,Het Kompas\n",
		"escaped line break":    "location_id,location_name\nL1,\"De\\\r\nLinde\"\r\nL2,Het\\\r\nKompas\r\n",
		"line break as a word":  "location_id,location_name\nL1,De\\nLinde\nL2,\"Het\\nKompas\"\n",
		"many escaped line end": "location_id,location_name\nL1,\"\\\n\\\n\\\nDe\\\n\\\nLinde\"\nL2,Het Kompas\n",
	}
	for name, text := range cases {
		t.Run(name, func(t *testing.T) {
			got := parse(t, with("locations.csv", text))
			require.Empty(t, got.Problems)
			require.Equal(t, "De Linde", got.Groups[0].Name)
			require.Equal(t, "Het Kompas", got.Groups[1].Name)
		})
	}
}

func TestParseTakesWhatIsInAValueAsText(t *testing.T) {
	cases := map[string]string{
		`"a \"b\" c"`:      `a "b" c`,
		`a \"b\" c`:        `a "b" c`,
		`"a ""b"" c"`:      `a "b" c`,
		`"a, b"`:           `a, b`,
		`"a\\"`:            `a\`,
		`a\tb`:             `a\tb`,
		`=HYPERLINK(1)`:    `=HYPERLINK(1)`,
		`+1-@2`:            `+1-@2`,
		`"=cmd|' /C x'!A"`: `=cmd|' /C x'!A`,
		`<b>{{.}}</b>`:     `<b>{{.}}</b>`,
		`iPad — 👩‍👧 ﷽`:     `iPad — 👩‍👧 ﷽`,
	}
	for text, want := range cases {
		t.Run(want, func(t *testing.T) {
			got := parse(t, with("devices.csv", "serial_number,name,platform\nS1,"+text+",ios\n"))
			require.Empty(t, got.Problems)
			require.Equal(t, want, got.Devices[0].Name)
		})
	}
}

func TestParseReadsThePlatformsAsPeopleWriteThem(t *testing.T) {
	for text, want := range map[string]people.Platform{
		"ios": people.IOS, "iPhone": people.IOS, "IPADOS": people.IPadOS, "iPad": people.IPadOS, "macOS": people.MacOS, "Mac": people.MacOS,
	} {
		got := parse(t, with("devices.csv", "serial_number,name,platform\nS1,x,"+text+"\n"))
		require.Equal(t, want, got.Devices[0].Platform, text)
	}
}

func TestParseGoesByWhatIsThere(t *testing.T) {
	all := school()
	got := parse(t, fstest.MapFS{"devices.csv": all["devices.csv"]})
	require.Empty(t, got.Problems, "people may have come with an earlier roster")
	require.Equal(t, "p1", got.Devices[0].PersonID)
	require.Len(t, got.Warnings, 6)

	got = parse(t, fstest.MapFS{"Students.CSV": all["students.csv"]})
	require.Empty(t, got.Problems, "locations that can not be checked")
	require.Len(t, got.People, 2)
}

func TestParseStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := roster.Parse(ctx, school())
	require.ErrorIs(t, err, context.Canceled)
}
