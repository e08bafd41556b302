package dev.parley.assist.turn;

import java.util.Locale;
import java.util.regex.Pattern;

/** Greetings, thanks and goodbyes, which no document answers. */
public final class SmallTalk {

    private static final Pattern PHRASE = Pattern
            .compile("(hi|hello|hey|good (morning|afternoon|evening|day)|thanks?( you)?( very much| a lot)?"
                    + "|many thanks|bye|goodbye|see you|ok(ay)?|great|how are you|nice to meet you"
                    + "|你好|您好|嗨|早上好|上午好|下午好|晚上好|谢谢(你|您)?|多谢|非常感谢|再见|拜拜|好的|好)( there| again|啊|呀|吗|了)?");

    private SmallTalk() {}

    /** Whether a message is nothing else. */
    public static boolean is(String message) {
        return PHRASE.matcher(message.strip().toLowerCase(Locale.ROOT).replaceAll("[\\p{P}\\s]+", " ").strip()).matches();
    }
}
