import { MOVES_KEPT } from "../bounds.ts";
import { codeOf } from "../kinds.ts";

/**
 * Carries out a whole batch in one round trip. The heads are locked in ascending order by a statement of its own, so
 * that each later statement sees what was committed before; names that must stay free are locked before them. What
 * the letters mean is said where a batch is encoded.
 */
export const COMMIT = `
CREATE FUNCTION commit_1(batch jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  item jsonb;
  outcomes jsonb[] := '{}';
BEGIN
  PERFORM pg_advisory_xact_lock(n.lock) FROM
    (SELECT DISTINCT value::bigint AS lock FROM jsonb_array_elements_text(batch->'names') ORDER BY 1) AS n;
  PERFORM 1 FROM conversations WHERE id IN (
    SELECT value::bigint FROM jsonb_array_elements_text(batch->'heads')
    UNION ALL SELECT inbox FROM users WHERE id IN (SELECT value::bigint FROM jsonb_array_elements_text(batch->'inboxes'))
  ) ORDER BY id FOR NO KEY UPDATE;
  FOR item IN SELECT value FROM jsonb_array_elements(batch->'items') LOOP
    IF item ? 'posts' THEN outcomes := outcomes || post_1(item->'posts');
    ELSE outcomes := outcomes || write_1(item);
    END IF;
  END LOOP;
  RETURN jsonb_build_object('outcomes', to_jsonb(outcomes)) || mark_1(batch->'marks');
END $$;

CREATE FUNCTION unblocked_1(here bigint, who bigint) RETURNS boolean LANGUAGE sql AS $$
  SELECT NOT EXISTS (SELECT FROM members AS m WHERE m.conversation = here AND (
    EXISTS (SELECT FROM blocks AS b WHERE b.person = m.person AND b.blocked = who)
    OR EXISTS (SELECT FROM blocks AS b WHERE b.person = who AND b.blocked = m.person)))
$$;

CREATE FUNCTION post_1(posts jsonb) RETURNS jsonb[] LANGUAGE sql AS $$
  WITH post AS (
    SELECT * FROM ROWS FROM (
      jsonb_to_recordset(posts) AS (c bigint, a bigint, k text, d bigint, h bigint, t bigint, b text, s bigint, p boolean)
    ) WITH ORDINALITY AS post (c, a, k, d, h, t, b, s, p, n)
  ), judged AS (
    SELECT post.*, v.head, to_jsonb(e) AS earlier, m.person IS NOT NULL AS is_member, v.closed = false AS is_open,
      (NOT p OR unblocked_1(c, a)) AS is_heard
    FROM post
    LEFT JOIN conversations AS v ON v.id = c
    LEFT JOIN members AS m ON m.conversation = c AND m.person = a AND m.joined = s
    LEFT JOIN entries AS e ON e.conversation = c AND e.author = a AND e.key = k AND e.digest IS NOT NULL
  ), fresh AS (
    SELECT *, head + row_number() OVER (PARTITION BY c ORDER BY n) AS seq
    FROM judged WHERE is_member AND is_open AND is_heard AND earlier IS NULL
  ), inserted AS (
    INSERT INTO entries (conversation, seq, author, time, digest, kind, live, key, body)
    SELECT c, seq, a, t, d, ${codeOf("message")}, true, k, b FROM fresh ORDER BY n
    RETURNING id, conversation, seq
  ), advanced AS (
    UPDATE conversations AS v SET head = l.head, head_check = l.h, messages = v.messages + l.more
    FROM (SELECT c, max(seq) AS head, (array_agg(h ORDER BY n DESC))[1] AS h, count(*) AS more FROM fresh GROUP BY c) AS l
    WHERE v.id = l.c
  )
  SELECT array_agg(
    CASE
      WHEN i.id IS NOT NULL THEN jsonb_build_object('is', 'written', 'at', jsonb_build_array(jsonb_build_array(i.id, i.seq)))
      WHEN j.earlier IS NOT NULL THEN jsonb_build_object('is', 'earlier', 'row', j.earlier)
      ELSE jsonb_build_object('is', 'refused', 'guard', 
        CASE WHEN NOT j.is_member THEN 'member' WHEN NOT j.is_open THEN 'open' ELSE 'unblocked' END)
    END ORDER BY j.n)
  FROM judged AS j
  LEFT JOIN fresh AS f ON f.n = j.n
  LEFT JOIN inserted AS i ON i.conversation = f.c AND i.seq = f.seq
$$;

CREATE FUNCTION write_1(write jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  outcome jsonb := earlier_1(write);
  opening jsonb := write->'open';
  opened bigint;
  draft jsonb;
  places jsonb[] := '{}';
BEGIN
  IF outcome IS NOT NULL THEN RETURN outcome; END IF;
  SELECT jsonb_build_object('is', 'refused', 'guard', g.n - 1) INTO outcome
    FROM jsonb_array_elements(write->'guards') WITH ORDINALITY AS g (value, n) WHERE NOT holds_1(g.value) ORDER BY g.n LIMIT 1;
  IF outcome IS NOT NULL THEN RETURN outcome; END IF;
  IF opening IS NOT NULL THEN
    INSERT INTO conversations (kind, name, folded, topic, visibility, owner, created)
    VALUES (opening->>'kind', opening->>'name', opening->>'folded', opening->>'topic', opening->>'visibility',
            (opening->>'owner')::bigint, (write->>'t')::bigint)
    RETURNING id INTO opened;
    IF opening ? 'low' THEN
      INSERT INTO directs VALUES ((opening->>'low')::bigint, (opening->>'high')::bigint, opened);
    END IF;
  END IF;
  FOR draft IN SELECT value FROM jsonb_array_elements(write->'drafts') LOOP
    places := places || put_1(draft, (write->>'t')::bigint, opened);
  END LOOP;
  IF write ? 'access' THEN PERFORM access_1(write->'access'); END IF;
  RETURN jsonb_build_object('is', 'written', 'at', to_jsonb(places), 'opened', opened);
END $$;

CREATE FUNCTION earlier_1(write jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  first jsonb := write->'drafts'->0;
  entry entries;
  direct bigint;
BEGIN
  SELECT * INTO entry FROM entries AS e WHERE e.conversation = (first->>'c')::bigint AND e.author = (first->>'a')::bigint
    AND e.key = first->>'k' AND e.digest IS NOT NULL;
  IF FOUND THEN RETURN jsonb_build_object('is', 'earlier', 'row', to_jsonb(entry)); END IF;
  SELECT d.conversation INTO direct FROM directs AS d
    WHERE d.low = (write->'open'->>'low')::bigint AND d.high = (write->'open'->>'high')::bigint;
  IF NOT FOUND THEN RETURN NULL; END IF;
  SELECT * INTO entry FROM entries AS e WHERE e.conversation = (first->>'c')::bigint AND e.about = direct ORDER BY e.seq LIMIT 1;
  IF NOT FOUND THEN SELECT * INTO entry FROM entries AS e WHERE e.conversation = direct AND e.seq = 1; END IF;
  RETURN jsonb_build_object('is', 'direct', 'row', to_jsonb(entry), 'opened', direct);
END $$;

CREATE FUNCTION holds_1(guard jsonb) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
  here bigint := (guard->>'conversation')::bigint;
  who bigint := (guard->>'user')::bigint;
BEGIN
  CASE guard->>'is'
    WHEN 'member' THEN
      RETURN EXISTS (SELECT FROM members WHERE conversation = here AND person = who AND joined = (guard->>'since')::bigint);
    WHEN 'stranger' THEN
      RETURN EXISTS (SELECT FROM conversations WHERE id = here)
        AND NOT EXISTS (SELECT FROM members WHERE conversation = here AND person = who);
    WHEN 'open' THEN RETURN EXISTS (SELECT FROM conversations WHERE id = here AND NOT closed);
    WHEN 'unblocked' THEN
      RETURN EXISTS (SELECT FROM conversations WHERE id = here) AND unblocked_1(here, who);
    WHEN 'unowned' THEN RETURN EXISTS (SELECT FROM conversations WHERE id = here AND owner IS NULL);
    WHEN 'fewer' THEN RETURN EXISTS (SELECT FROM conversations WHERE id = here AND members < (guard->>'than')::bigint);
    WHEN 'message' THEN
      RETURN EXISTS (SELECT FROM entries AS e WHERE e.conversation = here AND e.seq = (guard->>'seq')::bigint AND e.live
        AND (NOT guard ? 'author' OR e.author = (guard->>'author')::bigint));
    WHEN 'unnamed' THEN
      RETURN NOT EXISTS (SELECT FROM conversations
        WHERE kind = 'room' AND visibility = 'public' AND NOT closed AND name = guard->>'name');
    WHEN 'password' THEN
      RETURN (SELECT password FROM users WHERE id = who) IS NOT DISTINCT FROM guard->>'hash';
    WHEN 'holder' THEN
      RETURN EXISTS (SELECT FROM users AS u WHERE u.id = who AND NOT EXISTS (
        SELECT FROM unnest(u.looks) AS l WHERE NOT EXISTS (SELECT FROM holdings AS h WHERE h.look = l AND h.person = who)));
  END CASE;
END $$;

CREATE FUNCTION put_1(draft jsonb, at_time bigint, opened bigint) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  here bigint := coalesce(nullif((draft->>'c')::bigint, 0), opened);
  subject bigint := coalesce(nullif((draft->>'of')::bigint, 0), opened);
  who bigint := (draft->>'u')::bigint;
  code smallint := (draft->>'n')::smallint;
  place bigint;
  entry bigint;
BEGIN
  UPDATE conversations SET head = head + 1, head_check = (draft->>'h')::bigint,
      messages = messages + (code = ${codeOf("message")})::int
    WHERE id = here RETURNING head INTO STRICT place;
  INSERT INTO entries (conversation, seq, author, time, digest, about, kind, live, key, body)
  VALUES (here, place, (draft->>'a')::bigint, at_time, (draft->>'d')::bigint,
          CASE WHEN code = ${codeOf("added")} THEN subject END, code, code = ${codeOf("message")}, draft->>'k',
          CASE WHEN code = ${codeOf("added")} THEN '{"conversation":' || subject || '}' ELSE draft->>'b' END)
  RETURNING id INTO entry;
  CASE code
    WHEN ${codeOf("joined")} THEN PERFORM join_1(here, who, draft->>'role', place);
    WHEN ${codeOf("left")} THEN PERFORM leave_1(here, who, place);
    WHEN ${codeOf("message")} THEN
      INSERT INTO mentions SELECT here, value::bigint, place FROM jsonb_array_elements_text(draft->'m') ON CONFLICT DO NOTHING;
    WHEN ${codeOf("edited")} THEN INSERT INTO edits VALUES (here, (draft->>'target')::bigint, place);
    WHEN ${codeOf("deleted")} THEN PERFORM erase_1(here, (draft->>'target')::bigint);
    WHEN ${codeOf("renamed")} THEN
      UPDATE conversations SET name = draft->>'name', folded = draft->>'folded' WHERE id = here;
    WHEN ${codeOf("promoted")} THEN
      UPDATE members SET role = draft->>'role' WHERE conversation = here AND person = who;
      IF FOUND AND draft->>'role' = 'owner' THEN UPDATE conversations SET owner = who WHERE id = here; END IF;
    WHEN ${codeOf("closed")} THEN
      UPDATE conversations SET closed = true WHERE id = here;
      PERFORM retire_1(here);
    WHEN ${codeOf("blocked")} THEN INSERT INTO blocks VALUES ((draft->>'a')::bigint, who) ON CONFLICT DO NOTHING;
    WHEN ${codeOf("unblocked")} THEN DELETE FROM blocks WHERE person = (draft->>'a')::bigint AND blocked = who;
    ELSE NULL;
  END CASE;
  RETURN jsonb_build_array(entry, place);
END $$;

CREATE FUNCTION join_1(here bigint, who bigint, as_role text, since bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO members VALUES (here, who, as_role, since, since, since) ON CONFLICT DO NOTHING;
  IF NOT FOUND THEN
    UPDATE members SET role = as_role WHERE conversation = here AND person = who;
    RETURN;
  END IF;
  INSERT INTO spans VALUES (here, who, since, NULL);
  UPDATE conversations SET members = members + 1 WHERE id = here;
END $$;

CREATE FUNCTION leave_1(here bigint, who bigint, since bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM members WHERE conversation = here AND person = who;
  IF NOT FOUND THEN RETURN; END IF;
  DELETE FROM moves WHERE conversation = here AND person = who;
  UPDATE spans SET ended = since WHERE conversation = here AND person = who AND ended IS NULL;
  UPDATE conversations SET members = members - 1 WHERE id = here;
END $$;

CREATE FUNCTION erase_1(here bigint, message bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE entries SET body = '{"text":null}', live = false WHERE conversation = here AND seq = message AND live;
  IF NOT FOUND THEN RETURN; END IF;
  DELETE FROM mentions WHERE conversation = here AND seq = message;
  UPDATE entries SET body = '{"target":' || message || ',"text":null}'
    WHERE conversation = here AND seq IN (SELECT e.seq FROM edits AS e WHERE e.conversation = here AND e.target = message);
END $$;

CREATE FUNCTION retire_1(here bigint) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  who bigint := (SELECT owner FROM conversations WHERE id = here AND kind = 'inbox');
BEGIN
  IF who IS NULL THEN RETURN; END IF;
  UPDATE users SET name = 'deleted', handle = 'deleted-' || who, findable = '', password = NULL WHERE id = who;
  DELETE FROM tokens WHERE person = who;
  DELETE FROM holdings WHERE person = who;
END $$;

CREATE FUNCTION access_1(access jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  who bigint := (access->>'user')::bigint;
BEGIN
  IF access ? 'password' THEN
    UPDATE users SET password = access->>'password',
        kind = CASE kind WHEN 'guest' THEN 'member' ELSE kind END,
        role = CASE role WHEN 'guest' THEN 'member' ELSE role END
      WHERE id = who;
  END IF;
  DELETE FROM tokens WHERE person = who AND (access->>'ends' = 'all' OR hash = access->>'ended');
END $$;

CREATE FUNCTION mark_1(marks jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  mark record;
  was members;
  now members;
  steps jsonb[] := '{}';
  raised jsonb;
BEGIN
  FOR mark IN SELECT * FROM jsonb_to_recordset(marks) AS (c bigint, u bigint, d bigint, r bigint, t bigint) LOOP
    SELECT * INTO was FROM members WHERE conversation = mark.c AND person = mark.u;
    UPDATE members AS m SET read = greatest(m.read, least(mark.r, v.head)),
        delivered = greatest(m.delivered, least(greatest(mark.d, mark.r), v.head))
      FROM conversations AS v
      WHERE m.conversation = mark.c AND m.person = mark.u AND v.id = mark.c
        AND (m.read < least(mark.r, v.head) OR m.delivered < least(greatest(mark.d, mark.r), v.head))
      RETURNING m.* INTO now;
    CONTINUE WHEN NOT FOUND;
    IF mark.t IS NOT NULL THEN
      PERFORM keep_1(mark.c, mark.u, 0::smallint, was.delivered, now.delivered, mark.t);
      PERFORM keep_1(mark.c, mark.u, 1::smallint, was.read, now.read, mark.t);
    END IF;
    steps := steps || jsonb_build_array(mark.c, mark.u, now.delivered, now.read, mark.t);
  END LOOP;
  WITH counted AS (
    UPDATE conversations SET moved = conversations.moved + 1 WHERE id IN (
      SELECT CASE WHEN m->4 = 'null'::jsonb THEN (SELECT inbox FROM users WHERE id = (m->>1)::bigint) ELSE (m->>0)::bigint END
      FROM unnest(steps) AS m)
    RETURNING id, conversations.moved
  )
  SELECT coalesce(jsonb_agg(jsonb_build_array(c.id, c.moved) ORDER BY c.id), '[]') INTO raised FROM counted AS c;
  RETURN jsonb_build_object('moved', to_jsonb(steps), 'raised', raised);
END $$;

CREATE FUNCTION keep_1(here bigint, who bigint, code smallint, was bigint, now bigint, at_time bigint) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
  IF now <= was THEN RETURN; END IF;
  INSERT INTO moves VALUES (here, who, code, now, was, at_time);
  DELETE FROM moves AS m WHERE m.conversation = here AND m.person = who AND m.kind = code AND m.seq <=
    (SELECT o.seq FROM moves AS o WHERE o.conversation = here AND o.person = who AND o.kind = code
     ORDER BY o.seq DESC LIMIT 1 OFFSET ${MOVES_KEPT});
END $$;
`;
