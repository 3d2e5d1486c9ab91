package ldap_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"heraut/directory/ldap"
	"heraut/fault"
	"heraut/internal/testkit/directories"
	"heraut/people"
	"heraut/simulator/slapd"
)

func TestWhatStandsInTheWayIsSaid(t *testing.T) {
	t.Parallel()
	server := directories.StartSlapd(t, slapd.Options{}, school(30))
	for name, c := range map[string]struct {
		change   func(*people.DirectoryConfig)
		password string
		step     string
		words    string
	}{
		"wrong host":              {func(c *people.DirectoryConfig) { c.Host = "ldap.invalid" }, slapd.Password, "connect", "no host named ldap.invalid"},
		"wrong port":              {func(c *people.DirectoryConfig) { c.Port = 1 }, slapd.Password, "connect", "can not be reached"},
		"empty password":          {func(*people.DirectoryConfig) {}, "", "password", "Give a password"},
		"wrong password":          {func(*people.DirectoryConfig) {}, "guessed", "bind", "refuses the account or its password"},
		"wrong account":           {func(c *people.DirectoryConfig) { c.BindDN = "cn=nobody," + slapd.Suffix }, slapd.Password, "bind", "refuses the account or its password"},
		"no DN":                   {func(c *people.DirectoryConfig) { c.BindDN = "heraut" }, slapd.Password, "bind", "can not read the name of the account"},
		"untrusted certificate":   {func(c *people.DirectoryConfig) { c.CA = "" }, slapd.Password, "tls", "is not trusted"},
		"ldaps at the plain port": {func(c *people.DirectoryConfig) { c.Port = server.Port }, slapd.Password, "tls", "could not be encrypted"},
		"another name":            {func(c *people.DirectoryConfig) { c.Host = "127.0.0.2" }, slapd.Password, "connect", "can not be reached"},
		"wrong base":              {func(c *people.DirectoryConfig) { c.BaseDN = "ou=nothing," + slapd.Suffix }, slapd.Password, "people", "There is nothing at ou=nothing"},
		"nobody":                  {func(c *people.DirectoryConfig) { c.People.Filter = "(uid=nobody)" }, slapd.Password, "people", "finds nobody"},
		"all is well":             {func(*people.DirectoryConfig) {}, slapd.Password, "groups", "groups or more"},
	} {
		t.Run(name, func(t *testing.T) {
			config := server.Config()
			c.change(&config)
			steps := ldap.Test(t.Context(), config, c.password, nil)
			last := steps[len(steps)-1]
			require.Equal(t, c.step, last.Name, "%+v", steps)
			require.Contains(t, last.Detail, c.words)
			require.Equal(t, name == "all is well", last.OK)
			for _, earlier := range steps[:len(steps)-1] {
				require.True(t, earlier.OK, "%+v", earlier)
			}
		})
	}
}

func TestAnswerThatIsNotWholeIsAnError(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		limit string
		words string
	}{
		"size limit of the whole": {"size=100 size.prtotal=100", "size limit"},
		"no pages":                {"size.prtotal=disabled size=100", "nothing was taken away"},
	} {
		t.Run(name, func(t *testing.T) {
			server := directories.StartSlapd(t, slapd.Options{Limit: c.limit}, school(600))
			s := openSource(t, server.Config())
			err := s.People(t.Context(), func([]people.DirectoryPerson) error { return nil })
			require.True(t, fault.Is(err, fault.Unavailable), "%v", err)
			require.ErrorContains(t, err, c.words)
		})
	}
}

// cut is a connection that breaks when the server has sent so many bytes.
type cut struct {
	net.Conn

	left *atomic.Int64
}

func (c cut) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if c.left.Add(-int64(n)) < 0 {
		_ = c.Conn.Close() // that is the point
		return 0, errors.New("the server has gone")
	}
	return n, err
}

func TestServerThatStopsInTheMiddleOfAPage(t *testing.T) {
	t.Parallel()
	server := directories.StartSlapd(t, slapd.Options{}, school(1200))
	for _, bytes := range []int64{20_000, 60_000, 100_000, 200_000} {
		var left atomic.Int64
		left.Store(bytes)
		s, err := ldap.Open(t.Context(), server.Config(), slapd.Password, func(ctx context.Context, network, address string) (net.Conn, error) {
			conn, err := new(net.Dialer).DialContext(ctx, network, address)
			return cut{conn, &left}, err
		})
		require.NoError(t, err)
		found := 0
		err = s.People(t.Context(), func(page []people.DirectoryPerson) error {
			found += len(page)
			return nil
		})
		require.ErrorContains(t, err, "broke in the middle", "after %d bytes", bytes)
		require.Less(t, found, 1200)
	}
}

func TestContextEndsASearch(t *testing.T) {
	t.Parallel()
	server := directories.StartSlapd(t, slapd.Options{}, school(1200))
	s, err := ldap.Open(t.Context(), server.Config(), slapd.Password, nil)
	require.NoError(t, err)
	ctx, cancel := context.WithCancelCause(t.Context())
	stopped := errors.New("the worker stops")
	err = s.People(ctx, func([]people.DirectoryPerson) error {
		cancel(stopped)
		return nil
	})
	require.ErrorIs(t, err, stopped)
}

func TestReferralsNameTheOtherServer(t *testing.T) {
	t.Parallel()
	server := directories.StartSlapd(t, slapd.Options{}, nil)
	server.Modify(t, "dn: ou=elsewhere,"+slapd.Suffix+"\nchangetype: add\nobjectClass: referral\nobjectClass: extensibleObject\nou: elsewhere\n"+
		"ref: ldap://other.school.example/ou=elsewhere,"+slapd.Suffix+"\n\n")
	s := openSource(t, server.Config())
	require.Empty(t, allPeople(t, s))
	require.Len(t, s.Elsewhere(), 1, "a part is kept elsewhere")
	require.Contains(t, s.Elsewhere()[0], "other.school.example")

	config := server.Config()
	config.BaseDN = "ou=elsewhere," + slapd.Suffix
	err := openSource(t, config).People(t.Context(), func([]people.DirectoryPerson) error { return nil })
	require.ErrorContains(t, err, "refers to another server")
	require.ErrorContains(t, err, "ldap://other.school.example")
}

func TestEntriesThatCanNotBeTakenOver(t *testing.T) {
	t.Parallel()
	server := directories.StartSlapd(t, slapd.Options{}, nil)
	add := func(uid string, lines ...string) string {
		return "dn: uid=" + uid + "," + slapd.People + "\nchangetype: add\nobjectClass: inetOrgPerson\nuid: " + uid + "\nsn: x\n" + strings.Join(lines, "\n") + "\n\n"
	}
	server.Modify(t, add("a", "cn: "+strings.Repeat("long ", 200_000)+"end")+
		add("b", "cn: Fine", "mail: no address")+
		add("c", "cn: Line", "displayName:: TGluZQpicmVhaw==")+
		add("d", "cn: Photo", "jpegPhoto:: "+strings.Repeat("AAAA", 300_000))+
		add("e", "cn: Only a login", "givenName: Zoë", "mail: zoe@school.example"))
	found := map[string]people.DirectoryPerson{}
	for _, p := range allPeople(t, openSource(t, server.Config())) {
		found[p.Login] = p
	}
	require.Contains(t, found["a"].Refused, "bytes long")
	require.Empty(t, found["b"].Refused)
	require.Contains(t, found["b"].Warning, `"no address"`)
	require.Empty(t, found["b"].Email)
	require.Contains(t, found["c"].Refused, "control characters")
	require.Empty(t, found["d"].Refused, "photos are not read")
	require.Equal(t, "zoe@school.example", found["e"].Email)
}

func TestFilterCharactersInNames(t *testing.T) {
	t.Parallel()
	odd := `Zoë (4a) *\, "=+<>;#`
	rdn := `cn=Zo\C3\AB (4a) *\5C\2C \22\3D\2B\3C\3E\3B#`
	server := directories.StartSlapd(t, slapd.Options{}, school(1))
	server.Modify(t, "dn: "+rdn+","+slapd.People+"\nchangetype: add\nobjectClass: inetOrgPerson\ncn: "+odd+"\nsn: x\nuid: *)(uid=\\2a\n\n"+
		"dn: cn=odd,"+slapd.Groups+"\nchangetype: add\nobjectClass: groupOfNames\ncn: odd\nmember: "+rdn+","+slapd.People+"\n\n")
	s := openSource(t, server.Config())
	var person people.DirectoryPerson
	for _, p := range allPeople(t, s) {
		if p.FullName == odd {
			person = p
		}
	}
	require.NotEmpty(t, person.StableID)
	for _, g := range allGroups(t, s) {
		if g.Name == "odd" {
			require.Contains(t, person.Keys, g.Members[0], "the group's spelling of the DN is the person's")
		}
	}
	var again int
	require.NoError(t, s.PeopleByID(t.Context(), []string{"*", "*)(uid=*", person.StableID}, func(page []people.DirectoryPerson) error {
		again += len(page)
		return nil
	}))
	require.Equal(t, 1, again)
	bad := server.Config()
	bad.People.Filter, bad.Groups.BaseDN = "(uid=*", "no dn"
	require.ErrorContains(t, ldap.CheckConfig(bad), "/people/filter")
	require.ErrorContains(t, ldap.CheckConfig(bad), "/groups/base_dn")
	require.NoError(t, ldap.CheckConfig(server.Config()))
}
