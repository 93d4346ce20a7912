using System.Text;
using System.Text.RegularExpressions;

namespace Pressroom.Tests.Comments.Spam;

/// <summary>A comment that the grammar made.</summary>
internal sealed record SampleComment(string Name, string Text, string Language, bool IsSpam);

/// <summary>Makes labelled comments in English, French and Arabic from a seed. It knows nothing of the filter: what people and spammers
/// write about overlaps here as it does on news sites (loans, casinos, medicine and coins are topics too).</summary>
internal sealed partial class CommentGrammar(int seed)
{
    private static readonly string[] Languages = ["en", "fr", "ar"];
    private readonly Random random = new(seed);

    /// <summary>The next comment, in one of the languages.</summary>
    public SampleComment Next(bool isSpam) => Next(isSpam, Languages[random.Next(Languages.Length)]);

    /// <summary>The next comment in that language.</summary>
    public SampleComment Next(bool isSpam, string language)
    {
        var rules = Rules[language];
        var text = isSpam ? Spam(rules) : Good(rules);
        var name = Expand(rules, isSpam && random.Next(4) == 0 ? "spamname" : "name");
        return new SampleComment(name, text, language, isSpam);
    }

    private string Good(IReadOnlyDictionary<string, string[]> rules)
    {
        var text = Expand(rules, "good");
        return random.Next(20) switch
        {
            0 => text + " " + Expand(rules, "source"),
            1 => text.ToUpperInvariant() + "!!!",
            2 => $"> {Expand(rules, "opinion")}\n\n{text}",
            3 => text + " 😀👍",
            4 => text + "\n\n" + Expand(rules, "good"),
            _ => text,
        };
    }

    private string Spam(IReadOnlyDictionary<string, string[]> rules)
    {
        var trade = random.Next(5) switch { 0 => "pills", 1 => "loans", 2 => "casino", 3 => "seo", _ => "coins" };
        var pitch = Expand(rules, trade);
        pitch = random.Next(5) switch
        {
            0 => Obfuscate(pitch),
            1 => pitch.ToUpperInvariant(),
            _ => pitch,
        };
        var text = random.Next(3) == 0 ? $"{Expand(rules, "preamble")} {pitch}" : pitch;
        return random.Next(8) == 0 ? text : $"{text} {Contact(rules, trade)}";
    }

    private string Contact(IReadOnlyDictionary<string, string[]> rules, string trade) => random.Next(6) switch
    {
        0 => $"WhatsApp +{random.Next(1, 99)} {random.Next(100, 999)} {random.Next(100_000, 999_999)}",
        1 => $"Telegram @{trade}{random.Next(1_000)}",
        2 => $"{Expand(rules, "contact")} {trade}.{Word(5)}@mail-{Word(3)}.example",
        3 => $"<a href=\"https://{Host(trade)}/\">{Expand(rules, "click")}</a>",
        _ => $"{Expand(rules, "click")} https://{Host(trade)}/{Word(4)}?ref={random.Next(10_000)}",
    };

    private string Host(string trade) => random.Next(3) switch
    {
        0 => $"{trade}-{Word(4)}.{Pick("top", "xyz", "click")}.example",
        1 => $"best{Word(5)}.example",
        _ => $"{Word(7)}.{Pick("shop", "win", "online")}.example",
    };

    private string Word(int letters)
    {
        var word = new StringBuilder();
        while (word.Length < letters)
        {
            word.Append("bcdfghklmnprstvz"[random.Next(16)]).Append("aeiou"[random.Next(5)]);
        }

        return word.ToString(0, letters);
    }

    private string Pick(params string[] choices) => choices[random.Next(choices.Length)];

    // As spammers get past lists of words: some words of the pitch, each in one way.
    private string Obfuscate(string pitch)
    {
        var words = pitch.Split(' ');
        for (var i = 0; i < words.Length; i++)
        {
            if (words[i].Length >= 4 && random.Next(3) == 0)
            {
                words[i] = random.Next(4) switch
                {
                    0 => words[i].Insert(words[i].Length / 2, "\u200B"),
                    1 => words[i].Replace('a', 'а').Replace('o', 'о').Replace('e', 'е'),
                    2 => words[i].Replace('i', '1').Replace('o', '0').Replace('a', '4').Replace('e', '3'),
                    _ => string.Join('.', words[i].ToCharArray()),
                };
            }
        }

        return string.Join(' ', words);
    }

    private string Expand(IReadOnlyDictionary<string, string[]> rules, string symbol)
    {
        var alternatives = rules[symbol];
        return Symbol().Replace(alternatives[random.Next(alternatives.Length)], match => Expand(rules, match.Groups[1].Value));
    }

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Symbol();

    private static readonly Dictionary<string, Dictionary<string, string[]>> Rules = new()
    {
        ["en"] = new()
        {
            ["name"] = ["Anna", "Martin Hall", "Rosa K.", "old sailor", "Tom", "Priya N", "J. Whitcombe", "Yusuf", "Mum of three", "Clara Holm"],
            ["spamname"] = ["Best Pills Online", "Dr Loan", "casino bonus", "SEO Expert", "Crypto Signals", "cheap meds"],
            ["good"] =
            [
                "{opinion} {reason}", "{question}", "{question} {opinion}", "{story} {opinion}", "{fix}", "{thanks} {question}", "{opinion} {reason} {question}",
                "{story}", "{reply} {reason}", "{thanks} {story}",
            ],
            ["opinion"] =
            [
                "I think the {topic} should have been decided years ago.", "Honestly, {topic} is the least of this town's problems.",
                "The council got the {topic} right for once.", "I disagree with the author about the {topic}.", "Nobody asked the people on {place} about the {topic}.",
                "The {topic} will cost more than they say, as always.", "It is a shame what they did to the {topic}.",
            ],
            ["reason"] =
            [
                "My neighbours on {place} have been saying so since {time}.", "The numbers in the report do not add up.", "Just look at what happened in {place} {time}.",
                "We pay for it and get nothing in return.", "At least somebody finally wrote about it.", "The old plan was cheaper and better.", "Children need it more than tourists do.",
                "They promised the same {time} and nothing came of it.",
            ],
            ["question"] =
            [
                "Does anyone know when the {topic} will be voted on?", "Why was the {topic} not mentioned in the article?", "Who pays for the {topic} in the end?",
                "Has anybody seen the plans for {place}?", "Is the meeting about the {topic} open to everyone?", "What happened to the promise they made {time}?",
            ],
            ["story"] =
            [
                "I grew up on {place} and the {topic} was always an issue.", "We took the children to {place} {time} and could see it for ourselves.",
                "My father worked there until {time}, he would not recognise it.", "I stood in line for two hours {time} because of the {topic}.",
                "Our street had the same trouble {time}, and only a lawyer helped.",
            ],
            ["fix"] =
            [
                "Small correction: it was {time}, not last month, that the {topic} came up.", "The photograph shows {place}, not the harbour.",
                "There is a typo in the third paragraph, otherwise a good piece.", "The figure for the {topic} is off by a factor of ten, please check.",
            ],
            ["thanks"] = ["Thank you for this article.", "Well written, as usual.", "Good to read something balanced.", "Thanks for staying with the story."],
            ["reply"] = ["You are wrong there, Tom.", "I could not agree more with Rosa.", "That is simply not true.", "Fair point, but read the whole report first."],
            ["source"] = ["The full report is at https://council.example/papers/{topicslug}.pdf", "See also https://archive.example/2024/{topicslug}", "(minutes: https://records.example/{topicslug})"],
            ["topicslug"] = ["harbour", "budget", "schools", "night-bus", "library"],
            ["topic"] =
            [
                "harbour wall", "new school", "ferry timetable", "bus fares", "library hours", "city budget", "casino licence", "student loans", "hospital pharmacy",
                "price of medicine", "bitcoin tax", "bridge repair", "market square", "swimming pool", "flood barrier", "football stadium", "parking fees", "bakery strike",
            ],
            ["place"] = ["Quay Street", "the north shore", "Mill Lane", "the old market", "Station Road", "the island"],
            ["time"] = ["last winter", "in 2019", "two years ago", "before the election", "in the nineties", "this spring"],
            ["preamble"] =
            [
                "Great article, thanks for sharing.", "I really enjoyed reading this post.", "Very useful information, keep up the good work!",
                "I agree with the author.", "Thank you for this article.", "Interesting point of view about the {topic}.",
            ],
            ["click"] = ["Visit", "Click here", "More info:", "Order now at", "Sign up here", "Check my site"],
            ["contact"] = ["Contact us at", "Write to", "Email"],
            ["pills"] =
            [
                "Buy {pill} online without prescription, {deal}.", "Cheap {pill} and {pill} delivered worldwide, {deal}.", "{pill} {deal}! No prescription needed, discreet shipping.",
                "Our online pharmacy sells generic {pill}, {deal}, fast delivery.", "Get {pill} today, discreet package, {deal}.",
            ],
            ["pill"] = ["viagra", "cialis", "tramadol", "xanax", "weight loss pills", "levitra"],
            ["loans"] =
            [
                "Get a loan of up to {sum} at 3% interest, {deal}.", "Do you need an urgent loan? We lend {sum} without collateral, apply now.", "I got my loan of {sum} from this genuine lender in 24 hours, apply now.",
                "Instant cash loan, bad credit accepted, {deal}.", "We offer genuine loans from {sum}, low interest, apply today.",
            ],
            ["sum"] = ["$5,000", "$50,000", "100,000 euro", "$1 million"],
            ["casino"] =
            [
                "Play {game} at the best online casino, {deal}.", "Get 200 free spins on {game}, no deposit bonus, {deal}.", "I won big on {game} with this casino bonus code, {deal}.",
                "Top online casino with instant payout, {game} and jackpot, {deal}.", "Free spins and welcome bonus for {game}, register now.",
            ],
            ["game"] = ["slots", "roulette", "blackjack", "poker", "live baccarat"],
            ["seo"] =
            [
                "I can rank your website on the first page of Google, {deal}.", "We offer SEO services and high quality backlinks, {deal}.", "Boost your traffic with guest posts and backlinks, {deal}.",
                "I noticed your website lacks SEO, our agency will increase your ranking.", "Buy 5000 backlinks and real traffic, guaranteed ranking, {deal}.",
            ],
            ["coins"] =
            [
                "I earned {sum} in one week with this bitcoin trading platform, {deal}.", "Invest in crypto now and double your bitcoin in 24 hours.", "My broker Mrs Alice helped me recover my lost bitcoin, guaranteed profit.",
                "Join our crypto signals, {sum} profit every week, guaranteed.", "Forex and crypto trading with an expert, guaranteed profit, withdraw {sum} weekly.",
            ],
            ["deal"] = ["limited offer", "best price guaranteed", "100% guaranteed", "act now", "special discount today", "satisfaction guaranteed"],
        },
        ["fr"] = new()
        {
            ["name"] = ["Hélène", "Jean-Luc M.", "un riverain", "Fatou", "Benoît Carré", "Mamie Odile", "Karim", "Sylvie D", "Léa", "Paul Martin"],
            ["spamname"] = ["Prêt rapide", "Dr Alain crédit", "casino en ligne", "Expert SEO", "pilules pas cher", "Trading Bitcoin"],
            ["good"] =
            [
                "{opinion} {reason}", "{question}", "{question} {opinion}", "{story} {opinion}", "{fix}", "{thanks} {question}", "{opinion} {reason} {question}",
                "{story}", "{reply} {reason}", "{thanks} {story}",
            ],
            ["opinion"] =
            [
                "Je pense que la question {topic} aurait dû être réglée depuis longtemps.", "Franchement, cette histoire {topic} me fatigue.",
                "Pour une fois la mairie a bien fait au sujet {topic}.", "Je ne suis pas d'accord avec l'auteur à propos {topic}.", "Personne n'a demandé leur avis aux gens de {place} au sujet {topic}.",
                "Cela coûtera plus cher que prévu, comme toujours.", "C'est dommage, on parle trop peu {topic}.",
            ],
            ["reason"] =
            [
                "Mes voisins de {place} le disent depuis {time}.", "Les chiffres du rapport ne sont pas cohérents.", "Regardez ce qui s'est passé à {place} {time}.",
                "Nous payons et nous n'avons rien en retour.", "Enfin quelqu'un qui en parle.", "L'ancien projet était moins cher et meilleur.", "Les enfants en ont plus besoin que les touristes.",
                "On nous avait promis la même chose {time}.",
            ],
            ["question"] =
            [
                "Est-ce que quelqu'un sait quand aura lieu le vote au sujet {topic} ?", "Pourquoi l'article ne dit rien {topic} ?", "Qui va payer au bout du compte ?",
                "Quelqu'un a vu les plans pour {place} ?", "La réunion au sujet {topic} est-elle ouverte à tous ?", "Que devient la promesse faite {time} ?",
            ],
            ["story"] =
            [
                "J'ai grandi à {place} et on parlait déjà {topic}.", "Nous sommes allés avec les enfants à {place} {time} et nous avons bien vu.",
                "Mon père y a travaillé jusqu'à sa retraite, il ne reconnaîtrait rien.", "J'ai attendu deux heures {time} à cause {topic}.",
                "Notre rue a connu le même problème {time}, seul un avocat a pu nous aider.",
            ],
            ["fix"] =
            [
                "Petite correction : c'était {time} et non le mois dernier.", "La photo montre {place} et pas le port.",
                "Il y a une faute dans le troisième paragraphe, sinon bon article.", "Le chiffre au sujet {topic} est faux, merci de vérifier.",
            ],
            ["thanks"] = ["Merci pour cet article.", "Bien écrit, comme d'habitude.", "Ça fait du bien de lire quelque chose d'équilibré.", "Merci de suivre cette affaire."],
            ["reply"] = ["Vous vous trompez, Paul.", "Tout à fait d'accord avec Hélène.", "Ce n'est tout simplement pas vrai.", "Bonne remarque, mais lisez d'abord le rapport en entier."],
            ["source"] = ["Le rapport complet : https://mairie.example/rapports/{topicslug}.pdf", "Voir aussi https://archives.example/2024/{topicslug}"],
            ["topicslug"] = ["port", "budget", "ecoles", "bus-de-nuit", "bibliotheque"],
            ["topic"] =
            [
                "de la digue du port", "de la nouvelle école", "des horaires du ferry", "du prix du bus", "de la bibliothèque", "du budget de la ville", "du casino municipal",
                "des prêts étudiants", "de la pharmacie de l'hôpital", "du prix des médicaments", "de la taxe sur le bitcoin", "du vieux pont", "de la place du marché",
                "de la piscine", "du stade de foot", "du stationnement", "de la grève des boulangers",
            ],
            ["place"] = ["la rue du Quai", "la plage nord", "l'ancien marché", "la gare", "l'île", "Saint-Martin"],
            ["time"] = ["l'hiver dernier", "en 2019", "il y a deux ans", "avant les élections", "dans les années quatre-vingt-dix", "au printemps"],
            ["preamble"] =
            [
                "Super article, merci pour le partage.", "J'ai beaucoup aimé ce billet.", "Informations très utiles, continuez comme ça !", "Je suis d'accord avec l'auteur.",
                "Merci pour cet article.", "Point de vue intéressant au sujet {topic}.",
            ],
            ["click"] = ["Visitez", "Cliquez ici", "Plus d'infos :", "Commandez sur", "Inscrivez-vous ici", "Voir mon site"],
            ["contact"] = ["Contactez-nous :", "Écrivez à", "Email :"],
            ["pills"] =
            [
                "Achetez {pill} en ligne sans ordonnance, {deal}.", "{pill} et {pill} pas cher, livraison discrète, {deal}.", "Pharmacie en ligne : {pill} générique sans ordonnance, {deal}.",
                "Commandez {pill} aujourd'hui, livraison rapide et discrète, {deal}.",
            ],
            ["pill"] = ["viagra", "cialis", "tramadol", "xanax", "des pilules minceur", "levitra"],
            ["loans"] =
            [
                "Offre de prêt entre particuliers de {sum} à 3 %, {deal}.", "Besoin d'un prêt urgent ? Nous prêtons {sum} sans garantie, réponse en 24 heures.",
                "J'ai obtenu mon crédit de {sum} grâce à ce prêteur sérieux et honnête, contactez-le.", "Crédit rapide même interdit bancaire, {deal}.",
                "Prêt sérieux et rapide de {sum} entre particuliers, taux de 2 %.",
            ],
            ["sum"] = ["5 000 euros", "50 000 €", "100 000 euros", "un million d'euros"],
            ["casino"] =
            [
                "Jouez à {game} sur le meilleur casino en ligne, {deal}.", "200 tours gratuits à {game} sans dépôt, bonus de bienvenue, {deal}.", "J'ai gagné gros à {game} avec ce code bonus, {deal}.",
                "Casino en ligne avec retrait immédiat, {game} et jackpot, {deal}.",
            ],
            ["game"] = ["la roulette", "la machine à sous", "au blackjack", "au poker en ligne"],
            ["seo"] =
            [
                "Je place votre site en première page de Google, {deal}.", "Agence SEO : référencement et backlinks de qualité, {deal}.", "Augmentez votre trafic avec nos backlinks, {deal}.",
                "Votre site manque de référencement, notre agence améliore votre classement.",
            ],
            ["coins"] =
            [
                "J'ai gagné {sum} en une semaine avec cette plateforme de trading bitcoin, {deal}.", "Investissez dans la crypto et doublez vos bitcoins en 24 heures.",
                "Mon courtier m'a aidé à récupérer mes bitcoins perdus, profit garanti.", "Rejoignez nos signaux crypto, {sum} de profit par semaine, profit garanti.",
            ],
            ["deal"] = ["offre limitée", "meilleur prix garanti", "100 % garanti", "profitez maintenant", "remise spéciale aujourd'hui", "satisfaction garantie"],
        },
        ["ar"] = new()
        {
            ["name"] = ["أحمد", "فاطمة الزهراء", "أبو كريم", "سلمى", "يوسف حداد", "مواطن", "ليلى م", "عمر", "نادية", "خالد السعيد"],
            ["spamname"] = ["قروض سريعة", "كازينو اونلاين", "خبير سيو", "ادوية رخيصة", "تداول بيتكوين"],
            ["good"] =
            [
                "{opinion} {reason}", "{question}", "{question} {opinion}", "{story} {opinion}", "{fix}", "{thanks} {question}", "{opinion} {reason} {question}",
                "{story}", "{reply} {reason}", "{thanks} {story}",
            ],
            ["opinion"] =
            [
                "أظن أن موضوع {topic} كان يجب أن يحسم منذ سنوات.", "بصراحة {topic} ليس أهم مشاكل مدينتنا.", "أحسنت البلدية هذه المرة في {topic}.",
                "لا أتفق مع الكاتب في مسألة {topic}.", "لم يسأل أحد سكان {place} عن {topic}.", "سوف يكلف {topic} أكثر مما يقولون كالعادة.", "من المؤسف ما حدث في {topic}.",
            ],
            ["reason"] =
            [
                "جيراني في {place} يقولون ذلك منذ {time}.", "الأرقام في التقرير غير متسقة.", "انظروا إلى ما حدث في {place} {time}.", "نحن ندفع ولا نحصل على شيء.",
                "أخيرا كتب أحد عن هذا.", "كانت الخطة القديمة أرخص وأفضل.", "الأطفال أحوج إليه من السياح.", "وعدونا بالشيء نفسه {time} ولم يحدث شيء.",
            ],
            ["question"] =
            [
                "هل يعرف أحد متى يكون التصويت على {topic}؟", "لماذا لم يذكر المقال {topic}؟", "من سيدفع ثمن {topic} في النهاية؟", "هل رأى أحد مخطط {place}؟",
                "هل الاجتماع حول {topic} مفتوح للجميع؟", "ماذا حدث للوعد الذي قطعوه {time}؟",
            ],
            ["story"] =
            [
                "نشأت في {place} وكان {topic} مشكلة دائما.", "ذهبنا مع الأولاد إلى {place} {time} ورأينا ذلك بأنفسنا.", "عمل والدي هناك حتى تقاعده ولن يعرف المكان اليوم.",
                "وقفت في الصف ساعتين {time} بسبب {topic}.", "عانى شارعنا من المشكلة نفسها {time} ولم يساعدنا إلا محام.",
            ],
            ["fix"] =
            [
                "تصحيح صغير: كان ذلك {time} وليس الشهر الماضي.", "الصورة تظهر {place} وليس الميناء.", "هناك خطأ مطبعي في الفقرة الثالثة وما عدا ذلك مقال جيد.",
                "الرقم الخاص بموضوع {topic} غير صحيح، أرجو التحقق.",
            ],
            ["thanks"] = ["شكرا على هذا المقال.", "مقال جيد كالعادة.", "جميل أن نقرأ شيئا متوازنا.", "شكرا لمتابعتكم هذه القضية."],
            ["reply"] = ["أنت مخطئ يا خالد.", "أتفق تماما مع سلمى.", "هذا ببساطة غير صحيح.", "ملاحظة جيدة لكن اقرأ التقرير كاملا أولا."],
            ["source"] = ["التقرير الكامل: https://baladiya.example/reports/{topicslug}.pdf", "انظر أيضا https://archive.example/2024/{topicslug}"],
            ["topicslug"] = ["harbour", "budget", "schools", "bus", "library"],
            ["topic"] =
            [
                "رصيف الميناء", "المدرسة الجديدة", "مواعيد العبارة", "أسعار الحافلات", "المكتبة العامة", "ميزانية المدينة", "رخصة الكازينو", "قروض الطلاب", "صيدلية المستشفى",
                "أسعار الأدوية", "ضريبة البيتكوين", "الجسر القديم", "ساحة السوق", "المسبح البلدي", "ملعب كرة القدم", "مواقف السيارات", "إضراب المخابز",
            ],
            ["place"] = ["شارع البحر", "الشاطئ الشمالي", "السوق القديم", "حي المحطة", "الجزيرة", "باب المدينة"],
            ["time"] = ["الشتاء الماضي", "عام 2019", "قبل سنتين", "قبل الانتخابات", "في التسعينات", "هذا الربيع"],
            ["preamble"] =
            [
                "مقال رائع شكرا على المشاركة.", "استمتعت كثيرا بقراءة هذا الموضوع.", "معلومات مفيدة جدا، واصلوا العمل الجيد!", "أتفق مع الكاتب.", "شكرا على هذا المقال.",
                "وجهة نظر مثيرة للاهتمام حول {topic}.",
            ],
            ["click"] = ["زوروا موقعنا", "اضغط هنا", "للمزيد:", "اطلب الآن من", "سجل هنا", "شاهد موقعي"],
            ["contact"] = ["تواصل معنا:", "راسلنا على", "البريد:"],
            ["pills"] =
            [
                "اشتر {pill} اونلاين بدون وصفة طبية، {deal}.", "{pill} و {pill} بأسعار رخيصة وتوصيل سري، {deal}.", "صيدلية اونلاين: {pill} بدون وصفة، {deal}.",
                "اطلب {pill} اليوم مع توصيل سريع وسري، {deal}.",
            ],
            ["pill"] = ["فياجرا", "سياليس", "ترامادول", "زاناكس", "حبوب التنحيف"],
            ["loans"] =
            [
                "احصل على قرض يصل إلى {sum} بفائدة 3%، {deal}.", "هل تحتاج إلى قرض عاجل؟ نقرض {sum} بدون ضمانات، قدم الآن.", "حصلت على قرض بقيمة {sum} من هذا المقرض الصادق خلال 24 ساعة.",
                "قرض نقدي فوري بدون كفيل، {deal}.", "نقدم قروضا سريعة من {sum} بفائدة منخفضة، قدم الآن.",
            ],
            ["sum"] = ["5000 دولار", "50 ألف دولار", "100000 يورو", "مليون دولار"],
            ["casino"] =
            [
                "العب {game} في أفضل كازينو اونلاين، {deal}.", "200 لفة مجانية على {game} بدون إيداع، مكافأة ترحيب، {deal}.", "ربحت مبلغا كبيرا في {game} مع كود المكافأة هذا، {deal}.",
                "كازينو اونلاين مع سحب فوري و{game}، {deal}.",
            ],
            ["game"] = ["الروليت", "ماكينات القمار", "البلاك جاك", "البوكر"],
            ["seo"] =
            [
                "أضع موقعك في الصفحة الأولى من جوجل، {deal}.", "خدمات سيو وروابط خلفية عالية الجودة، {deal}.", "زد زيارات موقعك مع روابط خلفية، {deal}.",
                "موقعك يحتاج إلى سيو، وكالتنا تحسن ترتيب موقعك في جوجل.",
            ],
            ["coins"] =
            [
                "ربحت {sum} في أسبوع واحد مع منصة تداول البيتكوين هذه، {deal}.", "استثمر في العملات الرقمية وضاعف البيتكوين خلال 24 ساعة.",
                "ساعدني الوسيط على استرجاع البيتكوين المفقود، ربح مضمون.", "انضم إلى توصيات التداول، ربح {sum} كل أسبوع، ربح مضمون.",
            ],
            ["deal"] = ["عرض محدود", "أفضل سعر مضمون", "مضمون 100%", "اغتنم الفرصة الآن", "خصم خاص اليوم"],
        },
    };
}
